"""What people ask of an open merge request: changes and updates are ordered, merges passed to GitLab."""

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.order import ordered
from jobs.domain.people import Person
from jobs.domain.review import MergeRequest, MergeRequestState
from jobs.domain.run import Purpose
from jobs.domain.task import Task, TaskState, Wish
from jobs.errors import Stop
from jobs.ports import Review
from jobs.worker.consenting import LATE

ASKS_GITLAB = frozenset({ActKind.MERGE, ActKind.CLOSE})
"""Acts that are GitLab's to carry out."""

LONGEST = 3000
"""Most characters of what a person says is wrong: what Slack's input takes."""


def changes_requested(act: Act, task: Task) -> tuple[Task, str]:
    """A rework ordered with a person's words; the same click orders it once."""
    text = str(act.payload.get("text") or "").strip()[:LONGEST]
    if not text:
        return task, "act.invalid"
    named = act.payload.get("criteria")
    known = {one.id for one in task.spec.criteria}
    said = Feedback(
        id=f"slack:{act.id}",
        kind=FeedbackKind.REQUEST,
        by=act.person.name or act.person.id,
        text=text,
        at=act.at,
        criteria=tuple(str(one) for one in named if one in known) if isinstance(named, list) else (),
    )
    wanted = ordered(task, Purpose.REWORK, feedback=[said]) if task.opened else None
    return (wanted, "act.request_changes") if wanted else (task, LATE)


def update_wanted(task: Task) -> tuple[Task, str]:
    """An update with the target ordered."""
    wanted = ordered(task, Purpose.REBASE) if task.opened else None
    return (wanted, "act.rebase") if wanted else (task, LATE)


async def asked_of_gitlab(act: Act, task: Task, review: Review) -> Wish | MergeRequest | None:
    """Pass a merge or a close on; the merge request once it has ended, else what is to be said of the wish.

    None when there is nothing to ask any more. Asking again after a crash changes nothing. Raises Transient.
    """
    request = task.merge_request
    if request is None or not task.opened:
        return None
    try:
        if act.kind is ActKind.CLOSE:
            return await review.close(request.project, request.iid)
        head = task.run.head if task.run and task.run.head else request.sha
        if head is None or task.state is not TaskState.IN_REVIEW:
            return None
        if task.wish and task.wish.done:  # settled: a second click was on its way already
            return task.wish
        now = await review.merge_when_approved(request.project, request.iid, sha=head)
    except Stop as refused:
        return _wish(act, done=False, said=str(refused))
    if now.state is MergeRequestState.MERGED:
        return now
    return _wish(act, done=True, said="GitLab merges it once nothing stands against it.")


def carried_out(act: Act, task: Task, came: Wish | MergeRequest | None) -> tuple[Task, str]:
    """The task with what GitLab made of a wish."""
    if came is None:
        return task, LATE
    if isinstance(came, Wish):
        return task.note(wish=came), f"act.{act.kind.value}"
    return ended(task, came, act.person), f"act.{act.kind.value}"


def ended(task: Task, request: MergeRequest, person: Person) -> Task:
    """The task whose merge request a person has ended; a run that is at work is ended by its worker."""
    if task.state is TaskState.RUNNING:
        return task.note(merge_request=request, cancel=task.cancel or person)
    state = TaskState.MERGED if request.state is MergeRequestState.MERGED else TaskState.CLOSED
    if task.state not in (TaskState.IN_REVIEW, TaskState.WAITING):
        return task.note(merge_request=request)
    return task.to(state, merge_request=request)


def _wish(act: Act, *, done: bool, said: str) -> Wish:
    return Wish(kind=act.kind, by=act.person, at=act.at, done=done, said=said)
