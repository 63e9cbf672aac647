"""From an accepted spec or batch to the tasks it stands for; the same origin gives the same tasks."""

import hashlib
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.batch import Batch, Membership
from jobs.domain.people import Person
from jobs.domain.plan import ANYTIME, Plan
from jobs.domain.spec import Spec
from jobs.domain.starter import Starters
from jobs.domain.task import Task, TaskState, Thread, task_id
from jobs.domain.wait import first_wait
from jobs.errors import Refused
from jobs.settings import OperatorFile
from jobs.specify.batch_file import BatchFile
from jobs.specify.gate import gaps_of
from jobs.specify.starters import SHIPPED


class Request(Frozen):
    """Who asks, and from where."""

    person: Person
    """Who asks."""
    channel: str | None = None
    """Where it will be talked about."""
    source: str
    """Where it came from, such as `terminal`: part of what makes two requests the same."""
    at: datetime
    """When."""


def accepted_spec(
    spec: Spec, request: Request, operator: OperatorFile, *, templates: Starters = SHIPPED
) -> Task:
    """The task of one spec; raises Refused when its repository cannot be used."""
    _check({"repository": spec.repository}, request.channel, operator)
    _check_engines({"engine": spec.engine}, operator)
    origin = f"{request.source}/{request.person.id}/{request.channel}/{_digest(spec)}"
    task = _task(spec, Plan(), origin=origin, request=request, operator=operator)
    return task.note(starter=templates.within(spec.repository).pin(spec.template))


def accepted_batch(
    file: BatchFile, request: Request, operator: OperatorFile, *, templates: Starters = SHIPPED
) -> tuple[Batch, list[Task]]:
    """The batch and all its tasks; raises Refused with every repository or window that cannot be used."""
    _check({f"{one.name}: repository": one.spec.repository for one in file.tasks}, request.channel, operator)
    _check_engines({f"{one.name}: engine": one.spec.engine for one in file.tasks}, operator)
    if file.window not in (None, ANYTIME, *operator.backlog.windows):
        raise Refused({"window": f"there is no window {file.window} in codegen.toml"})
    origin = f"{request.source}/{request.person.id}/{request.channel}/{_digest(file)}"
    batch_id = "cb-" + task_id(origin).removeprefix("cg-")
    ids = {one.name: task_id(f"{batch_id}/{one.name}") for one in file.tasks}
    tasks = []
    for one in file.tasks:
        plan = Plan(
            priority=file.priority,
            window=file.window,
            depends_on=tuple(ids[name] for name in one.depends_on),
            until=file.until,
            stack=one.stack,
            overlap=file.overlap,
        )
        task = _task(one.spec, plan, origin=f"{batch_id}/{one.name}", request=request, operator=operator)
        own = Membership(id=batch_id, name=one.name, budget=file.budget, parallel=file.parallel)
        begun = templates.within(one.spec.repository).pin(one.spec.template)
        tasks.append(task.note(batch=own, starter=begun))
    batch = Batch(
        id=batch_id,
        title=file.title,
        requester=request.person,
        channel=request.channel,
        tasks=tuple(ids.values()),
        created_at=request.at,
    )
    return batch, tasks


def _check(wanted: dict[str, str], channel: str | None, operator: OperatorFile) -> None:
    problems = {}
    for field, repository in wanted.items():
        own = operator.repositories.get(repository)
        if own is None:
            problems[field] = f"{repository} is not in codegen.toml"
        elif channel and channel not in own.channels:
            problems[field] = f"{repository} cannot be used from the channel {channel}"
    if problems:
        raise Refused(problems)


def _check_engines(wanted: dict[str, str | None], operator: OperatorFile) -> None:
    offered = operator.offered
    problems = {
        field: f"{name} is not offered; codegen.toml offers {', '.join(offered) or 'no choice'}"
        for field, name in wanted.items()
        if name is not None and name not in offered
    }
    if problems:
        raise Refused(problems)


def _task(spec: Spec, plan: Plan, *, origin: str, request: Request, operator: OperatorFile) -> Task:
    plan = operator.plan_for(plan, repository=spec.repository, channel=request.channel)
    waiting, waits = first_wait(plan, operator.backlog.windows, request.at)
    return Task(
        id=task_id(origin),
        origin=origin,
        spec=spec,
        requester=request.person,
        thread=Thread(channel=request.channel) if request.channel else None,
        plan=plan,
        gaps=gaps_of(spec),
        cap=operator.cap_for(spec.repository),
        created_at=request.at,
        updated_at=request.at,
    ).to(TaskState.WAITING, waiting=waiting, waits=waits)


def _digest(document: Frozen) -> str:
    return hashlib.sha256(document.model_dump_json().encode()).hexdigest()[:32]
