"""What tasks leave behind for the team's numbers: a merge request, its end, and what each run cost; pure."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.run import Purpose
from jobs.domain.task import Task, TaskState


class Reached(StrEnum):
    """What happened."""

    OPENED = "opened"
    """The task's merge request was opened."""
    MERGED = "merged"
    """It was merged."""
    CLOSED = "closed"
    """It was closed: a no."""
    REOPENED = "reopened"
    """The no was taken back."""
    RUN = "run"
    """A run has ended."""


class Milestone(Frozen):
    """One such thing, at its moment."""

    what: Reached
    """What happened."""
    task: str
    """Task id."""
    repository: str
    """Full path of the project."""
    at: datetime
    """When, with time zone."""
    seconds: float = 0.0
    """For OPENED: since the task was asked for."""
    usd: float = 0.0
    """For RUN: what it cost, in US dollars."""
    priced: bool = True
    """For RUN: False when the cost is a lower bound."""
    rework: bool = False
    """For RUN: whether it acted on what was said of the open merge request."""


_ENDS = {TaskState.MERGED: Reached.MERGED, TaskState.CLOSED: Reached.CLOSED}


def reached(old: Task | None, task: Task) -> tuple[Milestone, ...]:
    """What a change of a task reaches."""
    return tuple(_reached(old, task)) if old is not None else ()


def _reached(old: Task, task: Task) -> Iterator[Milestone]:
    run, before = task.run, old.run
    if run and before and run.id == before.id and run.ended and not before.ended:
        spend = run.spend
        cost = {"usd": float(spend.usd), "priced": spend.priced}
        yield _milestone(Reached.RUN, task, rework=run.purpose is Purpose.REWORK, **cost)
    if old.merge_request is None and task.merge_request is not None:
        waited = (task.updated_at - task.created_at).total_seconds()
        yield _milestone(Reached.OPENED, task, seconds=max(waited, 0.0))
    if old.state is not task.state:
        if task.state in _ENDS:
            yield _milestone(_ENDS[task.state], task)
        elif old.state is TaskState.CLOSED:
            yield _milestone(Reached.REOPENED, task)


def _milestone(what: Reached, task: Task, **facts: float | bool) -> Milestone:
    return Milestone.model_validate(
        {"what": what, "task": task.id, "repository": task.spec.repository, "at": task.updated_at, **facts}
    )
