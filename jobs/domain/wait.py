"""Whether a waiting task may stand in line, and what it waits for otherwise; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.overlap import overlaps
from jobs.domain.plan import ANYTIME, Overlap, Plan, Until, Waits
from jobs.domain.task import Task, TaskState, Waiting
from jobs.domain.verdict import VerdictStatus
from jobs.domain.window import Window

Wait = tuple[Waiting, Waits | None]
"""The reason and its particulars."""

_S = TaskState
LOST = frozenset({_S.REJECTED, _S.STOPPED, _S.FAILED, _S.CANCELLED, _S.CLOSED})
"""States of a task that those that depend on it cannot go on from."""


class Claim(Frozen):
    """Paths that a task at work, or with an open merge request, may change."""

    task: str
    """Task id."""
    title: str
    """Its title."""
    target: str | None
    """Branch it is for; None is the default branch."""
    allow: tuple[str, ...]
    """Patterns."""
    opened: bool
    """True once its merge request is open."""


@dataclass(frozen=True)
class Facts:
    """What a decision about one task is based on."""

    now: datetime
    """When it is made."""
    parents: Mapping[str, Task | None]
    """The tasks it depends on; None for one that does not exist."""
    claims: tuple[Claim, ...]
    """What others in its repository have declared."""


def held_back(task: Task, facts: Facts) -> Wait | None:
    """What keeps a task out of the line, the most lasting reason first; None when nothing does."""
    if task.opened and not task.plan.stack:
        return None  # what it had to wait for is over
    return _parent(task, facts) or _schedule(task.plan, facts.now) or _overlap(task, facts.claims)


def in_line(plan: Plan, windows: Mapping[str, Window], now: datetime) -> Wait:
    """What a task in line waits for before anything is known of the others."""
    if plan.window is None or plan.window == ANYTIME:
        return Waiting.WORKER, None
    window = windows.get(plan.window)
    if window and window.open_at(now):
        return Waiting.WORKER, None
    return Waiting.WINDOW, Waits(window=plan.window, hours=window.hours if window else "")


def first_wait(plan: Plan, windows: Mapping[str, Window], now: datetime) -> Wait:
    """What a new task waits for, before the tasks it depends on have been looked at."""
    if plan.depends_on:
        return Waiting.DEPENDENCY, Waits(task=plan.depends_on[0])
    return _schedule(plan, now) or in_line(plan, windows, now)


def claim(task: Task) -> Claim | None:
    """What others must not overlap with; None for a task that is not at work or declares nothing."""
    if not task.spec.paths.allow or not (task.state is TaskState.RUNNING or _opened(task)):
        return None
    return Claim(
        task=task.id,
        title=task.spec.title,
        target=task.spec.target,
        allow=task.spec.paths.allow,
        opened=_opened(task),
    )


def stands_on(task: Task, claims: tuple[Claim, ...]) -> str | None:
    """The task whose branch this one is to start from, as both declare the same paths; None for none."""
    return next((one.task for one in claims if one.opened and _collides(task, one)), None)


def _collides(task: Task, other: Claim) -> bool:
    same_branch = None in (task.spec.target, other.target) or task.spec.target == other.target
    return other.task != task.id and same_branch and overlaps(task.spec.paths.allow, other.allow)


def _opened(task: Task) -> bool:
    return task.opened and task.state in (TaskState.IN_REVIEW, TaskState.WAITING)


def _parent(task: Task, facts: Facts) -> Wait | None:
    missing: Wait | None = None
    for one in task.plan.depends_on:
        parent = facts.parents.get(one)
        waits = Waits(task=one, title=parent.spec.title if parent else "")
        if parent is None or parent.state in LOST:
            return Waiting.PARENT, waits
        if not _done(parent, task.plan.until):
            missing = missing or (Waiting.DEPENDENCY, waits)
    return missing


def _done(parent: Task, until: Until) -> bool:
    if parent.state is TaskState.MERGED:
        return True
    verdict = parent.run.verdict if parent.run else None
    proven = verdict is not None and verdict.status is VerdictStatus.PASSED
    if until is Until.OPENED:
        return _opened(parent)
    return until is Until.VERIFIED and parent.state is TaskState.IN_REVIEW and proven


def _schedule(plan: Plan, now: datetime) -> Wait | None:
    if plan.not_before is None and plan.every is None:
        return None
    if plan.not_before is not None and plan.not_before <= now:
        return None
    return Waiting.SCHEDULE, Waits(at=plan.not_before)


def _overlap(task: Task, claims: tuple[Claim, ...]) -> Wait | None:
    # with its own merge request open it was there first
    if task.plan.overlap is Overlap.IGNORE or _opened(task):
        return None
    for other in claims:
        if other.task in (task.id, *task.plan.depends_on):
            continue
        if task.plan.overlap is Overlap.STACK and other.opened:
            continue
        if _collides(task, other):
            return Waiting.OVERLAP, Waits(task=other.task, title=other.title)
    return None
