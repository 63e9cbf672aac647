"""What people change about a task that waits: its priority, its plan, its spec; pure."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue, ValidationError

from jobs.domain.plan import Plan, Priority
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.domain.wait import first_wait
from jobs.domain.window import Window
from jobs.settings import OperatorFile

LATE = "act.late"
"""The task waits no longer."""

INVALID = "act.invalid"
"""What the act carries is no priority, plan or spec."""


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
    """The task with the next version of its spec; another repository would be another task."""
    if task.state is not TaskState.WAITING:
        return task, LATE
    try:
        spec = Spec.model_validate(payload.get("spec"))
    except ValidationError:
        return task, INVALID
    if spec.repository != task.spec.repository:
        return task, INVALID
    if spec == task.spec:
        return task, "act.edit"
    version = task.note(spec=spec, spec_version=task.spec_version + 1, gaps=())
    return _again(version, operator.backlog.windows, now), "act.edit"


def _again(task: Task, windows: Mapping[str, Window], now: datetime) -> Task:
    waiting, waits = first_wait(task.plan, windows, now)
    return task.note(waiting=waiting, waits=waits)
