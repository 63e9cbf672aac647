"""A batch in Slack: one message with a live table, and a digest when all of it is over."""

from collections import Counter
from collections.abc import Sequence

from pydantic import JsonValue

from jobs.domain.batch import Batch
from jobs.domain.budget import Spend
from jobs.domain.confirmed import counted
from jobs.domain.risk import risk
from jobs.domain.task import Task, TaskState
from jobs.messages import blocks
from jobs.messages.figures import money
from jobs.ports import Message
from jobs.render import mrkdwn, render

HEADER = ("Task", "State", "Evidence", "Merge request")
"""Columns of the live table."""
LINKS = 9_500
"""Characters of the table above which addresses are left out; Slack takes 12,000 in one message."""

_ORDER = (
    TaskState.RUNNING,
    TaskState.WAITING,
    TaskState.PROPOSED,
    TaskState.IN_REVIEW,
    TaskState.MERGED,
    TaskState.REJECTED,
    TaskState.STOPPED,
    TaskState.FAILED,
    TaskState.CANCELLED,
    TaskState.CLOSED,
)


def batch_head(batch: Batch, tasks: Sequence[Task]) -> Message:
    """The one message of a batch; raises ValueError for a batch without a channel."""
    if batch.channel is None:
        raise ValueError(f"batch {batch.id} is not talked about in Slack")
    by_state = Counter(one.state for one in tasks)
    spend = sum((_spend(one) for one in tasks), Spend())
    title = blocks.one_line(batch.title, 160)
    states = [(state.replace("_", " "), by_state[state]) for state in _ORDER if by_state[state]]
    text = render(
        "thread/batch.mrkdwn.j2",
        batch=batch.id,
        title=title,
        requester=batch.requester.id,
        states=states,
        money=money(spend),
        over=all(one.state not in _ORDER[:3] for one in tasks),
    )
    told = ", ".join(f"{count} {state}" for state, count in states)
    return Message(
        channel=batch.channel,
        text=f"{mrkdwn(title)}: {told}",
        blocks=(blocks.section(text), _table(tasks)),
        key=f"{batch.id}/head",
    )


def batch_digest(batch: Batch, tasks: Sequence[Task]) -> Message:
    """What is to be reviewed, the quickest first; then what did not come to that."""
    if batch.channel is None or batch.ts is None:
        raise ValueError(f"batch {batch.id} has no head message yet")
    ranked = sorted((one for one in tasks if one.state is TaskState.IN_REVIEW), key=review_minutes)
    rest = [one for one in tasks if one.state not in (TaskState.IN_REVIEW, TaskState.MERGED)]
    minutes = [review_minutes(one) for one in ranked]
    text = render(
        "thread/batch_digest.mrkdwn.j2",
        reviews=[
            (_url(one), _iid(one), blocks.one_line(one.spec.title, 70), spent)
            for one, spent in list(zip(ranked, minutes, strict=True))[:10]
        ],
        more=max(0, len(ranked) - 10),
        total=sum(minutes),
        rest=[(blocks.one_line(one.spec.title, 70), one.id, one.state) for one in rest[:10]],
        more_rest=max(0, len(rest) - 10),
    )
    return Message(
        channel=batch.channel,
        thread_ts=batch.ts,
        text=text.partition("\n")[0],
        blocks=(blocks.section(text),),
        key=f"{batch.id}/digest",
    )


def _table(tasks: Sequence[Task]) -> blocks.Block:
    rows: list[JsonValue] = [[blocks.text_cell(name, 30) for name in HEADER]]
    used = sum(len(_url(one)) + min(len(one.spec.title), 60) + 60 for one in tasks)
    rows += [_row(one, linked=used <= LINKS) for one in tasks]
    return {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True} for _ in HEADER]}


def _row(task: Task, *, linked: bool) -> list[JsonValue]:
    verdict = task.run.verdict if task.run else None
    proven = f"{verdict.proven} of {len(task.spec.criteria)} proven" if verdict else ""
    request = f"!{_iid(task)}" if _iid(task) else ""
    cell = blocks.link_cell(request, _url(task)) if linked and request else blocks.text_cell(request, 20)
    return [
        blocks.text_cell(task.spec.title, 60),
        blocks.text_cell(state_words(task), 40),
        blocks.text_cell(proven, 20),
        cell,
    ]


def state_words(task: Task) -> str:
    """Where a task is, in a few words for a table."""
    if task.state is TaskState.RUNNING and task.run:
        return task.run.state.value
    if task.state is TaskState.WAITING and task.waiting:
        return f"waiting: {task.waiting.replace('_', ' ')}"
    if task.state is TaskState.IN_REVIEW and task.merge_request and task.merge_request.draft:
        return "in review (draft)"
    return task.state.replace("_", " ")


def _spend(task: Task) -> Spend:
    running = task.run.spend if task.run and not task.run.ended else Spend()
    return task.spend + running


def _url(task: Task) -> str:
    return task.merge_request.url if task.merge_request else ""


def _iid(task: Task) -> int:
    return task.merge_request.iid if task.merge_request else 0


def review_minutes(task: Task) -> int:
    """Estimated minutes of a person's time; 0 without a change to review."""
    run = counted(task)
    return risk(run).minutes if run and run.extent.files else 0
