"""A proposed task on its way into the queue: looked at once; the person decides about what is open."""

from datetime import UTC, datetime

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.spec import Criterion
from jobs.domain.task import Task, TaskState
from jobs.errors import Stop
from jobs.queue import keys
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.specify.gate import gaps_of
from tests.factories import a_spec, a_task
from tests.worker.conftest import Working
from tests.worker.fakes import Fakes, until

VAGUE = a_spec(criteria=(Criterion(id="AC1", text="The search page loads fast"),))


async def proposed(store: Store, queue: Queue, **fields: object) -> Task:
    known: dict[str, object] = {"state": TaskState.PROPOSED, "waiting": None, "spec": a_spec()}
    wanted = a_task(**{**known, **fields})
    task, _ = await store.create(wanted.note(gaps=gaps_of(wanted.spec)))
    await queue.submit(task.id)
    return task


def an_act(task: Task, kind: ActKind, **payload: object) -> Act:
    person = Person(id="U0ANA")
    at = datetime.now(UTC)
    return Act.model_validate(
        {"id": f"{kind}.1", "task": task.id, "kind": kind, "person": person, "payload": payload, "at": at}
    )


async def looked_at(store: Store, task: Task) -> Task:
    return await until(store, task.id, lambda now: now.looked_at)


async def test_a_precise_spec_goes_into_the_queue_by_itself(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    async with working():
        task = await proposed(store, queue)
        done = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)

    assert done.intake is not None and done.intake.score == 100
    kinds = [event.kind for event in await store.history(task.id)]
    assert kinds[:3] == ["task.created", "task.waiting", "run.preparing"]
    assert await store.connection.call("ZCARD", keys.UNSEEN) == 0


async def test_a_spec_with_gaps_waits_for_the_persons_word(
    store: Store, queue: Queue, working: Working
) -> None:
    async with working():
        task = await looked_at(store, await proposed(store, queue, spec=VAGUE))
        assert (task.state, [one.rule for one in task.gaps]) == (
            TaskState.PROPOSED,
            ["vague"],
        )
        assert task.intake is not None and task.intake.score < 100

        await queue.act(an_act(task, ActKind.QUEUE))
        done = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)

    assert [one.rule for one in done.gaps] == ["vague"], "the gaps stay on record"


async def test_a_mended_spec_is_the_next_version_and_looked_at_again(
    store: Store, queue: Queue, working: Working
) -> None:
    async with working():
        task = await looked_at(store, await proposed(store, queue, spec=VAGUE))
        mended = a_spec().model_dump(mode="json")
        await queue.act(an_act(task, ActKind.EDIT, spec=mended, usd="1.5", reviewers=["ben"]))
        done = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)

    assert (done.spec_version, done.gaps, done.reviewers) == (2, (), ("ben",))
    assert str(done.cap.usd) == "1.5"
    assert [one.number for one in done.versions] == [1]
    assert done.versions[0].spec == VAGUE


async def test_a_spec_that_repeats_an_open_task_is_held(store: Store, queue: Queue, working: Working) -> None:
    await store.create(a_task(origin="T0PLAY/V9", plan={"not_before": datetime(2100, 1, 1, tzinfo=UTC)}))
    async with working():
        task = await looked_at(store, await proposed(store, queue))

    assert [one.rule for one in task.gaps] == ["duplicate_task"]


async def test_a_repository_that_cannot_be_reached_cannot_be_queued_anyway(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    fakes.forge.fault = Stop("GitLab has no payments/api that the bot can see.", remedy="Check the path.")
    async with working():
        task = await looked_at(store, await proposed(store, queue))
        await queue.act(an_act(task, ActKind.QUEUE))
        await until(store, task.id, lambda now: now.updated_at > task.updated_at)
        now = await store.get(task.id)

    assert now is not None and now.state is TaskState.PROPOSED
    assert [(one.rule, one.field) for one in now.gaps] == [("unreachable", "repository")]


async def test_a_fault_of_ours_is_told_with_a_reference_and_the_person_may_go_on(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    fakes.forge.fault = RuntimeError("a bug")
    async with working():
        task = await looked_at(store, await proposed(store, queue))

    assert [one.rule for one in task.gaps] == ["not_looked_at"]
    assert "reference" in task.gaps[0].text


async def test_what_a_lost_worker_was_looking_at_is_looked_at_by_another(
    store: Store, queue: Queue, working: Working
) -> None:
    task = await proposed(store, queue)
    await store.connection.call("SET", keys.reading(task.id), "1", "PX", 300)
    async with working():
        await looked_at(store, task)


async def test_an_edit_after_the_end_is_a_fresh_run_and_the_old_one_is_kept(
    store: Store, queue: Queue, working: Working
) -> None:
    async with working():
        task = await proposed(store, queue)
        first = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
        other = a_spec(goal="Totals use banker's rounding; finance and tax expect half up.")
        await queue.act(an_act(task, ActKind.EDIT, spec=other.model_dump(mode="json")))
        done = await until(store, task.id, lambda now: now.runs == 2 and now.state is TaskState.IN_REVIEW)

    [old] = done.versions
    assert first.run is not None and done.run is not None
    assert (old.number, old.run, old.state) == (1, first.run.id, "delivered")
    assert old.verdict == first.run.verdict and old.diff
    assert done.run.id != old.run
