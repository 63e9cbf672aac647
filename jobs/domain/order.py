"""Ordering the next run of a task with an open merge request; pure."""

from collections.abc import Sequence

from jobs.domain.feedback import Feedback
from jobs.domain.plan import ANYTIME
from jobs.domain.run import Purpose
from jobs.domain.task import Task, TaskState

RANK = (Purpose.CHANGE, Purpose.RECHECK, Purpose.REBASE, Purpose.FIX, Purpose.REWORK)
"""Purposes from the weakest: of several, one run has the strongest, which includes the rest."""

REMEMBERED = 20
"""How many reasons for a rebase are remembered."""

TAKING = frozenset({TaskState.WAITING, TaskState.RUNNING, TaskState.IN_REVIEW})
"""States in which there is, or will be, a run that can be told something."""


def ordered(
    task: Task,
    purpose: Purpose,
    *,
    feedback: Sequence[Feedback] = (),
    checked: str | None = None,
    rebased: str | None = None,
) -> Task | None:
    """The task with one run ordered that does this and all that was ordered before; None when it takes none.

    While a run is at work the order waits for its end, but feedback is taken at the next round.
    `checked` and `rebased` are remembered, so that the same fact orders nothing again.
    """
    if task.state not in TAKING:
        return None
    facts: dict[str, object] = {"feedback": (*task.feedback, *unheard(task, feedback))}
    if checked is not None:
        facts["checked"] = checked
    if rebased is not None:
        facts["rebased"] = (*task.rebased, rebased)[-REMEMBERED:]
    if task.opened:
        facts["purpose"] = max(task.purpose, purpose, key=RANK.index)
        # its first run waited for its hours; what people say of an open merge request does not
        facts["plan"] = task.plan.model_copy(update={"window": ANYTIME})
    if task.state is TaskState.IN_REVIEW:
        return task.to(TaskState.WAITING, **facts)
    return task.note(**facts)


def unheard(task: Task, feedback: Sequence[Feedback]) -> tuple[Feedback, ...]:
    """What of this no run has taken and none is about to take."""
    known = {*task.taken, *(one.id for one in task.feedback)}
    fresh: dict[str, Feedback] = {}
    for one in feedback:
        if one.id not in known:
            fresh.setdefault(one.id, one)
    return tuple(fresh.values())
