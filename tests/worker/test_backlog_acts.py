"""What people change about a task that waits, and time that starts one, through a real worker."""

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.plan import Plan, Priority, Waits
from jobs.domain.task import Task, TaskState, Waiting
from jobs.queue import acts, keys
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.acts import run_act
from tests.factories import a_spec, a_task
from tests.fakes import FakeReview
from tests.worker.conftest import Working
from tests.worker.fakes import FakeMessenger, a_settings, until

FAR = datetime(2100, 1, 1, tzinfo=UTC)


async def waiting(store: Store, origin: str = "T/1", plan: Plan | None = None) -> Task:
    plan = plan or Plan(not_before=FAR)
    at = Waits(at=plan.not_before)
    task = a_task(origin=origin, plan=plan, waiting=Waiting.SCHEDULE, waits=at)
    return (await store.create(task))[0]


async def act(
    store: Store, queue: Queue, task: Task, kind: ActKind, **payload: JsonValue
) -> tuple[Task, str]:
    """The task afterwards and what came of the act."""
    click = f"{kind}-{len(payload)}-{task.spec_version}-{task.updated_at.isoformat()}"
    wanted = Act(
        id=click, task=task.id, kind=kind, person=Person(id="U0ANA"), payload=payload, at=datetime.now(UTC)
    )
    await queue.act(wanted)
    operator = a_settings("").operator
    await run_act(
        wanted.id, store=store, queue=queue, operator=operator, review=FakeReview(), messenger=FakeMessenger()
    )
    now = await store.get(task.id)
    assert now is not None
    return now, str(await acts.outcome(store.connection, wanted.id))


async def test_another_priority_while_it_waits(store: Store, queue: Queue) -> None:
    task, outcome = await act(store, queue, await waiting(store), ActKind.PRIORITY, priority="high")
    assert (task.plan.priority, outcome) == (Priority.HIGH, "act.priority")
    assert task.plan.not_before == FAR
    same, outcome = await act(store, queue, task, ActKind.PRIORITY, priority="now!")
    assert (same.plan, outcome) == (task.plan, "act.invalid")


async def test_an_edit_makes_the_next_version_of_the_spec(store: Store, queue: Queue) -> None:
    spec = a_spec(title="Round half even in invoice totals")
    task = await waiting(store)
    task, outcome = await act(store, queue, task, ActKind.EDIT, spec=spec.model_dump(mode="json"))
    assert (task.spec, task.spec_version, outcome) == (spec, 2, "act.edit")
    assert (task.state, task.waiting) == (TaskState.WAITING, Waiting.SCHEDULE)
    last = [event for event in await store.history(task.id) if event.kind == "act.edit"][-1]
    assert last.facts["version"] == 2
    elsewhere = a_spec(repository="other/project").model_dump(mode="json")
    same, outcome = await act(store, queue, task, ActKind.EDIT, spec=elsewhere)
    assert (same.spec, outcome) == (spec, "act.invalid")


async def test_a_plan_that_closes_a_cycle_is_refused_by_name(store: Store, queue: Queue) -> None:
    parent = await waiting(store)
    child = await waiting(store, "T/2", Plan(depends_on=(parent.id,)))
    plan = Plan(depends_on=(child.id,)).model_dump(mode="json")
    same, outcome = await act(store, queue, parent, ActKind.RESCHEDULE, plan=plan)
    assert (same.plan, outcome) == (parent.plan, "act.refused")
    last = (await store.history(parent.id))[-1]
    assert f"{parent.id} → {child.id} → {parent.id}" in str(last.facts["problem"])


async def test_what_does_not_wait_is_changed_no_more(store: Store, queue: Queue) -> None:
    ended, _ = await store.create(a_task(state=TaskState.CANCELLED, waiting=None))
    for kind in (ActKind.PRIORITY, ActKind.RESCHEDULE, ActKind.QUEUE):
        same, outcome = await act(store, queue, ended, kind)
        assert (same.state, outcome) == (TaskState.CANCELLED, "act.late")


async def test_a_task_starts_at_its_moment_on_one_of_two_workers(store: Store, working: Working) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1.2)
    async with working(), working():
        task = await waiting(store, plan=Plan(not_before=due))
        task = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
    assert task.run is not None
    assert task.run.started_at >= due
    assert task.runs == 1


async def test_put_forward_it_starts_at_once(store: Store, queue: Queue, working: Working) -> None:
    async with working():
        task = await waiting(store)
        task, outcome = await act(store, queue, task, ActKind.RESCHEDULE, plan=Plan().model_dump(mode="json"))
        assert outcome in ("act.reschedule", "None")
        task = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
    assert task.runs == 1


async def test_a_task_still_held_by_its_last_run_lets_the_next_pass(store: Store, working: Working) -> None:
    held, _ = await store.create(a_task(origin="T/held"))
    await store.connection.call("SET", keys.lease(held.id), "somebody|1", "EX", 600)
    other, _ = await store.create(a_task(origin="T/other"))
    async with working():
        await until(store, other.id, lambda now: now.state is TaskState.IN_REVIEW)
        await store.connection.call("DEL", keys.lease(held.id))
        await until(store, held.id, lambda now: now.state is TaskState.IN_REVIEW)
