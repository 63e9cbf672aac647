"""The morning of a channel: one message with what came of the night and which reviews wait too long."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobs.domain.morning import Morning, Reminder
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import CheckStatus
from jobs.messages import blocks
from jobs.messages.batch import review_minutes
from jobs.messages.figures import duration
from jobs.messages.head import state_line
from jobs.ports import Message
from jobs.render import Mrkdwn, mrkdwn, render

ROWS = 8
"""Tasks named in one part."""
ROOM = 2600
"""Characters that the rows of one part may take."""
ADDRESS = 300
"""A longer address is left out: it could not stand in a row."""

Row = dict[str, object]


def digest(morning: Morning, threads: Mapping[str, str], *, now: datetime) -> Message:
    """The message; `threads` are addresses by task id. Raises ValueError when there is nothing to say."""
    if morning.empty:
        raise ValueError(f"there is nothing to tell channel {morning.channel}")
    ready = sorted(morning.ready, key=review_minutes)
    minutes = sum(map(review_minutes, ready))
    found = [
        _part("ready", [_row(one, threads) for one in ready]),
        _part("lost", [_row(one, threads) | {"why": _why(one)} for one in morning.lost]),
        _part("waiting", [_row(one, threads) | {"why": _waiting(one)} for one in morning.waiting]),
        _part("reminders", [_reminded(one, threads, now) for one in morning.reminders]),
    ]
    text = render(
        "thread/morning_lead.mrkdwn.j2",
        ready=len(ready),
        minutes=minutes,
        lost=len(morning.lost),
        merged=morning.merged,
        reminders=len(morning.reminders),
    )
    return Message(
        channel=morning.channel,
        text=text,
        blocks=(blocks.section(text), *(blocks.section(one) for one in found if one)),
        key=f"morning/{morning.channel}/{morning.day.isoformat()}",
    )


def _part(part: str, rows: Sequence[Row]) -> str:
    shown: list[Row] = []
    used = 0
    for row in rows[:ROWS]:
        used += sum(len(str(cell)) for cell in row.values()) + 20
        if shown and used > ROOM:
            break
        shown.append(row)
    more = len(rows) - len(shown)
    return render("thread/morning.mrkdwn.j2", part=part, rows=shown, more=more) if rows else ""


def _row(task: Task, threads: Mapping[str, str]) -> Row:
    request = task.merge_request
    thread = threads.get(task.id, "")
    return {
        "title": blocks.one_line(task.spec.title, 80),
        "url": request.url if request and len(request.url) <= ADDRESS else "",
        "iid": request.iid if request else 0,
        "thread": thread if len(thread) <= ADDRESS else "",
        "minutes": review_minutes(task),
    }


def _reminded(one: Reminder, threads: Mapping[str, str], now: datetime) -> Row:
    called = [f"<@{person}>" for person in one.people[:5]]
    named = [mrkdwn(blocks.one_line(name, 40)) for name in one.others[:5]]
    age = now - one.since
    waited = f"{age.days} days" if age.days > 1 else duration(age.total_seconds() // 3600 * 3600)
    return _row(one.task, threads) | {"people": Mrkdwn(", ".join([*called, *named])), "age": waited}


def _why(task: Task) -> Mrkdwn:
    run = task.run
    checks = run.verdict.checks if run and run.verdict else ()
    failed = next((one for one in checks if one.status is CheckStatus.FAILED), None)
    if task.state is TaskState.REJECTED and failed is not None and run is not None and not run.reason:
        return Mrkdwn(mrkdwn(blocks.one_line(f"{failed.name}: {failed.summary}", 200)))
    return _still(task)


def _waiting(task: Task) -> Mrkdwn:
    return Mrkdwn(_still(task).removeprefix("*Waiting.* "))  # the heading says that


def _still(task: Task) -> Mrkdwn:
    return Mrkdwn(blocks.shortened(" ".join(state_line(task, listed=True).split()), 260))
