"""The head message: one per task, rewritten in place, always the present truth."""

from jobs.domain.answers import answer_to
from jobs.domain.origin import issue_of
from jobs.domain.plan import Waits
from jobs.domain.run import RunState
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState
from jobs.messages import blocks
from jobs.messages.figures import date, duration, money
from jobs.messages.proposal import proposal
from jobs.ports import Message
from jobs.render import mrkdwn, render

CRITERIA = 8
"""How many criteria the head message lists; the spec in the merge request holds all."""

_CANCELLABLE = frozenset({TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING})
_EDITABLE = frozenset({TaskState.WAITING, TaskState.REJECTED, TaskState.STOPPED, TaskState.IN_REVIEW})
_RETRYABLE = frozenset({TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED})


def head(task: Task) -> Message:
    """The head message of a task; raises ValueError for a task without a thread."""
    if task.thread is None:
        raise ValueError(f"task {task.id} is not talked about in Slack")
    status = state_line(task)
    return Message(
        channel=task.thread.channel,
        text=f"{mrkdwn(blocks.one_line(task.spec.title, 160))}: {status}",
        blocks=(
            blocks.section(_intent(task)),
            blocks.section(status),
            *proposal(task),
            blocks.context(_figures(task)),
            *_wish(task),
            *blocks.actions(task.id, *_buttons(task)),
        ),
        key=f"{task.id}/head",
    )


def state_line(task: Task, *, listed: bool = False) -> str:
    """One or two sentences of mrkdwn: where the task is and what comes next.

    `listed`: in a list, whose rows name the merge request themselves.
    """
    run = task.run
    request = task.merge_request
    standing = task.standing or Standing()
    return render(
        f"thread/{task.state}.mrkdwn.j2",
        waiting=task.waiting or "",
        **_particulars(task),
        run_state=run.state if run else RunState.PREPARING,
        step=blocks.one_line(run.step, 150) if run else "",
        reason=blocks.clip(standing.reason or (run.reason if run else ""), 900),
        remedy=blocks.clip(standing.remedy if standing.reason else (run.remedy if run else ""), 500),
        reference=run.reference if run else "",
        iid=request.iid if request else 0,
        draft=bool(request and request.draft),
        delivered=bool(run and run.state is RunState.DELIVERED),
        cancelling=task.cancel is not None,
        looked_at=task.looked_at,
        score=task.intake.score if task.intake else 0,
        gaps=bool(task.gaps),
        blocked=any(one.blocking for one in task.gaps),
        why=task.in_review or "",
        listed=listed,
        **_going_back(task),
        purpose=(run.purpose if run and task.state is TaskState.RUNNING else task.purpose),
        **_standing(standing),
    )


def _going_back(task: Task) -> dict[str, object]:
    run = task.run
    back = run.rewind if run else None
    return {
        "superseded": bool(run and run.state is RunState.SUPERSEDED),
        "back": back is not None and not back.gone,
        "anew": back is not None and back.gone,
        "questions": sum(answer_to(task, one) is None for one in run.assumptions) if run else 0,
    }


def _standing(standing: Standing) -> dict[str, object]:
    return {
        "pipeline": standing.pipeline,
        "reviewers": [blocks.one_line(one, 60) for one in standing.reviewers[:5]],
        "approvers": [blocks.one_line(one, 60) for one in standing.approvers[:5]],
        "wanting": [blocks.one_line(one, 60) for one in standing.changes_wanted[:5]],
        "discussions": standing.open_discussions,
        "conflicts": standing.conflicts,
    }


def _particulars(task: Task) -> dict[str, object]:
    waits = task.waits or Waits()
    return {
        "awaited": waits.task,
        "awaited_title": blocks.one_line(waits.title, 120),
        "at": date(waits.at) if waits.at else "",
        "window": waits.window,
        "hours": waits.hours,
        "note": blocks.clip(waits.note, 300),
        "toolchain": task.plan.toolchain or "",
        "every": task.plan.every or "",
        "zone": task.plan.zone,
    }


def _intent(task: Task) -> str:
    shown = task.spec.criteria[:CRITERIA]
    return render(
        "thread/intent.mrkdwn.j2",
        title=blocks.one_line(task.spec.title, 160),
        criteria=[(one.id, blocks.one_line(one.text, 220)) for one in shown],
        more=len(task.spec.criteria) - len(shown),
    )


def _figures(task: Task) -> str:
    run = task.run
    elapsed = (run.ended_at or task.updated_at) - run.started_at if run else None
    issue = issue_of(task.origin)
    return render(
        "thread/figures.mrkdwn.j2",
        task=task.id,
        kind=task.spec.kind,
        repository=blocks.one_line(task.spec.repository, 150),
        target=blocks.one_line(task.spec.target or "", 100),
        requester=task.requester.id,
        issue=issue[1] if issue else 0,
        version=task.spec_version,
        round=run.round if run else 0,
        elapsed=duration(elapsed.total_seconds()) if elapsed else "",
        money=money(task.spend + run.spend) if run else "",
        gaps=len(task.gaps),
    )


def _wish(task: Task) -> list[blocks.Block]:
    """What came of the last click that GitLab had to carry out, as long as it is in review."""
    wish = task.wish
    if wish is None or task.state is not TaskState.IN_REVIEW:
        return []
    words = render(
        "thread/wish.mrkdwn.j2",
        kind=wish.kind,
        done=wish.done,
        by=wish.by.id,
        said=blocks.one_line(wish.said, 500),
    )
    return [blocks.context(words)]


def _buttons(task: Task) -> list[blocks.Block]:
    found = []
    if task.merge_request is not None:
        found.append(blocks.open_button(task.id, task.merge_request.url))
    if task.state is TaskState.PROPOSED and task.looked_at:
        found.append(blocks.mend_button(task.id))
        if not any(one.blocking for one in task.gaps):
            found.append(blocks.queue_button(task.id, gaps=len(task.gaps)))
    if task.state is TaskState.IN_REVIEW and task.opened:
        settled = task.wish is not None and task.wish.done
        asking = [] if settled else [blocks.merge_button(task.id)]
        found += [blocks.changes_button(task.id), *asking]
    if task.state in _CANCELLABLE and task.cancel is None:
        found.append(blocks.cancel_button(task.id, task.spec.title))
    if task.state in _RETRYABLE:
        found.append(blocks.retry_button(task.id))
    if task.state in _EDITABLE:
        found.append(blocks.edit_button(task.id))
    if task.versions:
        found.append(blocks.compare_button(task.id))
    if task.state is TaskState.IN_REVIEW and task.opened:
        found.append(blocks.more_menu(task.id))
    return found
