"""What people change about a task that waits: its priority, its plan, its spec; pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, JsonValue, ValidationError

from jobs.domain.base_model import Frozen
from jobs.domain.plan import Plan, Priority
from jobs.domain.run import Purpose
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.domain.version import kept_versions
from jobs.domain.wait import first_wait
from jobs.domain.window import Window
from jobs.settings import OperatorFile
from jobs.specify.gate import gaps_of

EDITABLE = frozenset(TaskState) - {TaskState.RUNNING, TaskState.MERGED, TaskState.CLOSED}
"""States in which a spec may get its next version."""

ASKED = ("priority", "not_before", "window", "depends_on")
"""What the form asks of a plan; the rest stays as it is."""

LATE = "act.late"
"""The task waits no longer."""

INVALID = "act.invalid"
"""What the act carries is no priority, plan or spec."""


class Edit(Frozen):
    """What the act EDIT carries; what is left out stays as it is."""

    spec: Spec
    """The whole new spec."""
    plan: Plan | None = None
    """When it may start."""
    usd: Annotated[Decimal, Field(gt=0)] | None = None
    """The most that one run may cost, in US dollars."""
    reviewers: tuple[str, ...] | None = None
    """GitLab users to ask for review."""
    starter: str | None = None
    """The template that it began with, and its version."""


def reprioritised(task: Task, payload: Mapping[str, JsonValue]) -> tuple[Task, str]:
    """The task with another priority, in the same place otherwise."""
    if task.state is not TaskState.WAITING:
        return task, LATE
    try:
        priority = Priority(str(payload.get("priority")))
    except ValueError:
        return task, INVALID
    return task.note(plan=task.plan.model_copy(update={"priority": priority})), "act.priority"


def rescheduled(
    task: Task, payload: Mapping[str, JsonValue], *, operator: OperatorFile, now: datetime
) -> tuple[Task, str]:
    """The task with another plan; it waits for what that says."""
    if task.state is not TaskState.WAITING:
        return task, LATE
    try:
        plan = Plan.model_validate(payload.get("plan"))
    except ValidationError:
        return task, INVALID
    channel = task.thread.channel if task.thread else None
    plan = operator.plan_for(plan, repository=task.spec.repository, channel=channel)
    # a series goes on counting, or its next occurrence would be one that exists
    plan = plan.model_copy(update={"occurrence": task.plan.occurrence})
    return _again(task.note(plan=plan), operator.backlog.windows, now), "act.reschedule"


def edited(
    task: Task, payload: Mapping[str, JsonValue], *, operator: OperatorFile, now: datetime
) -> tuple[Task, str]:
    """The task with the next version of its spec; another repository would be another task.

    A proposed one is looked at again; one that waits, has ended or is in review gets a fresh run.
    """
    if task.state not in EDITABLE:
        return task, LATE
    try:
        change = Edit.model_validate(payload)
    except ValidationError:
        return task, INVALID
    if change.spec.repository != task.spec.repository:
        return task, INVALID
    if change.spec == task.spec and change.plan is None:
        return task, "act.edit"
    version = _changed(task, change, operator)
    if task.state is TaskState.PROPOSED:
        return version, "act.edit"
    if task.state is not TaskState.WAITING:
        version = version.to(TaskState.WAITING, cancel=None, purpose=Purpose.CHANGE)
    return _again(version, operator.backlog.windows, now), "act.edit"


def _changed(task: Task, change: Edit, operator: OperatorFile) -> Task:
    facts: dict[str, object] = {"spec": change.spec, "gaps": gaps_of(change.spec)}
    if change.spec != task.spec:
        facts |= {"spec_version": task.spec_version + 1, "versions": kept_versions(task)}
    if change.starter is not None and change.spec.template != task.spec.template:
        facts["starter"] = change.starter
    if change.plan is not None:
        channel = task.thread.channel if task.thread else None
        asked = {name: getattr(change.plan, name) for name in ASKED}
        plan = task.plan.model_copy(update=asked)
        facts["plan"] = operator.plan_for(plan, repository=task.spec.repository, channel=channel)
    if change.reviewers is not None:
        facts["reviewers"] = change.reviewers
    if change.usd is not None:
        most = operator.cap_for(task.spec.repository)
        facts["cap"] = most.model_copy(update={"usd": min(change.usd, most.usd)})
    return task.note(**facts)


def _again(task: Task, windows: Mapping[str, Window], now: datetime) -> Task:
    waiting, waits = first_wait(task.plan, windows, now)
    return task.note(waiting=waiting, waits=waits)
