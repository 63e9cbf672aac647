"""A task whose branch stands on another task's branch, and what the other's fate means for it; pure."""

from jobs.domain.order import ordered
from jobs.domain.plan import Until, Waits
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import InReview, Task, TaskState, Waiting, branch_of
from jobs.domain.wait import LOST

_STANDING = frozenset({TaskState.WAITING, TaskState.IN_REVIEW})


def restacked(child: Task, parent: Task | None) -> Task | None:
    """The child as its parent's present state wants it; None when it is so already, or a run is at work."""
    if not child.plan.stack or child.state not in _STANDING:
        return None
    if parent is None or parent.state in LOST:
        return _parked(child, parent)
    if parent.state is TaskState.MERGED:
        return _on_its_own(child, parent)
    if not child.opened:
        return None
    return _moved(child, parent) or _freed(child)


def _parked(child: Task, parent: Task | None) -> Task | None:
    if not child.opened and child.plan.until is Until.OPENED:
        # nobody asked for this order, two tasks only touched the same paths
        plan = child.plan.model_copy(update={"depends_on": (), "stack": False, "until": Until.VERIFIED})
        return child.note(plan=plan)
    if child.state is not TaskState.IN_REVIEW:
        return None  # what waits finds its reason by itself
    waits = Waits(task=child.plan.depends_on[0], title=parent.spec.title if parent else "")
    return child.to(TaskState.WAITING, waiting=Waiting.PARENT, waits=waits)


def _on_its_own(child: Task, parent: Task) -> Task:
    """The parent is merged: the child is for the same branch now, and verified on top of that."""
    alone = child.note(plan=child.plan.model_copy(update={"stack": False}))
    request = child.merge_request
    if request is None or not child.opened:
        return alone
    if parent.merge_request is not None and request.target_branch == branch_of(parent.id):
        target = {"target_branch": parent.merge_request.target_branch}
        alone = alone.note(merge_request=request.model_copy(update=target))
    return ordered(alone, Purpose.REBASE, rebased=f"merged:{parent.id}") or alone


def _moved(child: Task, parent: Task) -> Task | None:
    """The parent has a new head: the child is brought up to it, once per head."""
    if parent.state is not TaskState.IN_REVIEW or parent.checked is None or child.run is None:
        return None
    reason = f"parent:{parent.checked}"
    delivered = parent.run is not None and parent.run.state is RunState.DELIVERED
    if not delivered or parent.checked == child.run.target_base or reason in child.rebased:
        return None
    return ordered(child, Purpose.REBASE, rebased=reason)


def _freed(child: Task) -> Task | None:
    """The parent is back: what was parked without anything to do is in review again."""
    waits = child.state is TaskState.WAITING and child.waiting is Waiting.PARENT
    if not waits or child.feedback or child.purpose is not Purpose.CHANGE:
        return None
    draft = child.merge_request is not None and child.merge_request.draft
    return child.to(TaskState.IN_REVIEW, in_review=InReview.DRAFT if draft else InReview.REVIEW)
