"""What becomes of a task because of what people say of its merge request and do to it; pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.observed import Comment, Sight
from jobs.domain.order import ordered, unheard
from jobs.domain.review import MergeRequestState
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import Task, TaskState
from jobs.review.addressed import addressed, may_instruct
from jobs.settings import OperatorFile

COMMANDS: Mapping[str, Purpose] = {
    "rebase": Purpose.REBASE,
    "update": Purpose.REBASE,
    "recheck": Purpose.RECHECK,
    "verify": Purpose.RECHECK,
}
"""Comments that, besides the bot's name, are only one of these words."""

_ALIVE = frozenset({TaskState.WAITING, TaskState.RUNNING, TaskState.IN_REVIEW})


def decide(
    task: Task, before: Sight | None, sight: Sight, *, operator: OperatorFile, now: datetime
) -> Task | None:
    """The task with a run ordered that acts on what was seen; None when nothing calls for one.

    What was acted on is remembered with the task, so the same sight, seen again, orders nothing: what the
    last look saw need not be known.
    """
    del before
    if sight.merge_request.state is not MergeRequestState.OPENED or task.state not in _ALIVE:
        return None
    wanted = task
    for order in (_pushed, _behind, _said):
        wanted = order(wanted, sight, operator, now) or wanted
    return wanted if wanted is not task else None


def strangers(task: Task, sight: Sight, *, operator: OperatorFile) -> tuple[Comment, ...]:
    """The first comment of each person who addresses the bot without a role: to be answered once."""
    ours = " ".join(one.text for one in sight.comments if one.ours)
    first: dict[str, Comment] = {}
    for one in addressed(sight):
        if not may_instruct(one.author, task, sight, operator=operator):
            first.setdefault(one.author, one)
    return tuple(one for author, one in first.items() if turned_away(task, author) not in ours)


def turned_away(task: Task, username: str) -> str:
    """Key of the one answer to somebody without a role."""
    return f"{task.id}/role/{username}"


def _said(task: Task, sight: Sight, operator: OperatorFile, now: datetime) -> Task | None:
    heard = [one for one in addressed(sight) if may_instruct(one.author, task, sight, operator=operator)]
    words = {one.id: _command(one, sight) for one in heard}
    fresh = unheard(task, [_feedback(one, sight) for one in heard])
    commands = [one for one in fresh if words[_note(one)]]
    asked = [one for one in fresh if not words[_note(one)]]
    if not fresh:
        return None
    found = task
    if commands:
        # a word is done by its run, not answered by an engine
        found = task.note(taken=(*task.taken, *(one.id for one in commands)))
        purposes = {COMMANDS[words[_note(one)]] for one in commands}
        for purpose in sorted(purposes):
            found = ordered(found, purpose) or found
    if asked:
        found = ordered(found, Purpose.REWORK, feedback=asked, checked=sight.merge_request.sha) or found
    return found


def _pushed(task: Task, sight: Sight, operator: OperatorFile, now: datetime) -> Task | None:
    """People's commits are verified: the head is none that a run left or was told to verify."""
    head, run = sight.merge_request.sha, task.run
    if task.state is TaskState.RUNNING or head is None or run is None or task.checked is None:
        return None
    # GitLab may still show the head that our own push replaced
    replaced = (run.start, run.merges) if run.state is RunState.DELIVERED else ()
    if head in (task.checked, run.head, *replaced):
        return None
    return ordered(task, Purpose.RECHECK, checked=head)


def _behind(task: Task, sight: Sight, operator: OperatorFile, now: datetime) -> Task | None:
    """A conflict, or a target that moved on long ago: once for each head of the branch, and of the target."""
    head = sight.merge_request.sha
    if task.state is TaskState.RUNNING or head is None:
        return None
    table = operator.rework
    conflict = f"conflict:{head}"
    if sight.conflicts and table.conflicts and conflict not in task.rebased:
        return ordered(task, Purpose.REBASE, checked=head, rebased=conflict)
    stale = f"stale:{head}:{sight.target_head}"
    if table.stale_hours is None or stale in task.rebased or not _old(task, sight, table.stale_hours, now):
        return None
    return ordered(task, Purpose.REBASE, checked=head, rebased=stale)


def _old(task: Task, sight: Sight, hours: float, now: datetime) -> bool:
    run = task.run
    if run is None or run.ended_at is None or run.state is not RunState.DELIVERED:
        return False
    moved = sight.target_head is not None and sight.target_head != run.target_base
    return moved and now - run.ended_at >= timedelta(hours=hours)


def _command(comment: Comment, sight: Sight) -> str:
    words = re.sub(rf"@{re.escape(sight.author)}\b", "", comment.text).strip(" \t\n.,:!").casefold()
    return words if words in COMMANDS else ""


def _note(feedback: Feedback) -> int:
    return int(feedback.id.removeprefix("note:"))


def _feedback(comment: Comment, sight: Sight) -> Feedback:
    asked = comment.author in sight.changes_wanted
    return Feedback(
        id=f"note:{comment.id}",
        kind=FeedbackKind.REQUEST if asked else FeedbackKind.COMMENT,
        by=comment.author,
        text=comment.text,
        at=comment.at,
        path=comment.path,
        line=comment.line,
        discussion=comment.discussion,
        url=comment.url,
    )
