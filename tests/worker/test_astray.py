"""A channel that cannot be written to: the work goes on, the person is told, the thread catches up later."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jobs.domain.batch import Batch
from jobs.domain.people import Person
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.errors import Stop, TokenRefused, Transient, Unreachable
from jobs.queue import batches, keys
from jobs.queue.store import Store
from jobs.worker.batches import tell_batches
from jobs.worker.reconcile import catch_up
from jobs.worker.speaker import Speaker, say
from tests.factories import NOON, a_merge_request, a_run, a_task
from tests.worker.fakes import FakeMessenger, announce

ARCHIVED = Unreachable("The channel is archived.", remedy="Unarchive it.")


async def running(store: Store) -> Task:
    task = a_task(state=TaskState.RUNNING, waiting=None, updated_at=datetime.now(UTC))
    run = a_run(task, state=RunState.OPENING)
    task, _ = await store.create(task.note(run=run, runs=1))
    return task


async def delivered(store: Store, task: Task) -> Task:
    def move(now: Task) -> Task:
        run = now.run.to(RunState.DELIVERED, ended_at=NOON) if now.run else None
        return now.to(TaskState.IN_REVIEW, run=run, merge_request=a_merge_request())

    return await store.change(task.id, move)


async def said(task: Task, store: Store, messenger: FakeMessenger) -> None:
    await say(task, store=store, announce=announce, messenger=messenger)


async def look(store: Store, messenger: FakeMessenger) -> None:
    """What reconcile does once it is this worker's turn."""
    await store.connection.call("DEL", f"{keys.WORKERS}:speaking")
    await catch_up(store, lambda task: said(task, store, messenger))


async def due(store: Store, task: Task) -> float | None:
    score = await store.connection.call("ZSCORE", keys.UNSAID, task.id)
    return None if score is None else float(score)


async def test_the_requester_hears_it_once_and_then_how_it_ended(store: Store) -> None:
    messenger, task = FakeMessenger(), await running(store)
    messenger.fault = ARCHIVED

    for _ in range(2):
        with pytest.raises(Unreachable):
            await said(task, store, messenger)
    [(person, first)] = messenger.told
    assert person == "U0ANA"
    assert "I cannot write into <#C0PAY>" in first and "The channel is archived. Unarchive it." in first

    with pytest.raises(Unreachable):
        await said(await delivered(store, task), store, messenger)
    assert (
        "<https://gitlab.example/payments/api/-/merge_requests/7|Open the merge request>"
        in (messenger.told[1][1])
    )


async def test_a_requester_who_cannot_be_told_holds_nothing_up(store: Store) -> None:
    task = await running(store)
    messenger = Deaf()
    messenger.fault = ARCHIVED

    with pytest.raises(Unreachable):
        await said(task, store, messenger)


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (ARCHIVED, True),
        (TokenRefused("Slack refused the bot's token."), True),
        (Transient("Slack cannot be reached."), True),
        (Stop("Slack refused a request: invalid_blocks."), False),
    ],
    ids=lambda one: type(one).__name__,
)
async def test_what_may_work_again_stays_to_be_said(store: Store, fault: Exception, kept: bool) -> None:
    messenger, task = FakeMessenger(), await delivered(store, await running(store))
    await store.connection.call("ZADD", keys.UNSAID, 1, task.id)
    messenger.fault = fault
    await look(store, messenger)

    assert (await due(store, task) is not None) is kept
    if kept:
        messenger.fault = None
        await store.connection.call("ZADD", keys.UNSAID, 1, task.id)
        await look(store, messenger)
        assert (messenger.texts, await due(store, task)) == (["in_review/delivered/"], None)


async def test_a_silent_channel_is_not_asked_at_every_look(store: Store) -> None:
    messenger, task = FakeMessenger(), await delivered(store, await running(store))
    await store.connection.call("ZADD", keys.UNSAID, 1, task.id)
    messenger.fault = ARCHIVED
    await look(store, messenger)

    assert (await due(store, task) or 0) > keys.micros(datetime.now(UTC) + timedelta(minutes=9))


async def test_who_submitted_a_batch_hears_that_its_table_is_nowhere(store: Store) -> None:
    task = a_task()
    batch = Batch(
        id="cb-1",
        title="Docs of the week",
        requester=Person(id="U0ANA"),
        channel="C0PAY",
        tasks=(task.id,),
        created_at=NOON,
    )
    await batches.create(store, batch, [task])
    messenger = FakeMessenger()
    messenger.fault = ARCHIVED
    for _ in range(2):
        await store.connection.call("ZADD", keys.BATCHES_UNSAID, 1, batch.id)
        await store.connection.call("DEL", f"{batches.key(batch.id)}:turn")
        await tell_batches(store, messenger)

    [(person, text)] = messenger.told
    assert person == "U0ANA" and "“Docs of the week” is not shown there" in text


async def test_what_happens_during_a_rate_limit_is_said_as_one_update() -> None:
    said: list[str] = []
    limited = [Transient("Slack answered ratelimited.", retry_after=0.05, limited=True)]
    tried, over = asyncio.Event(), asyncio.Event()

    async def note(task: Task) -> None:
        tried.set()
        if limited:
            raise limited.pop()
        said.append(task.run.step if task.run else "")
        over.set()

    def at(step: str) -> Task:
        task = a_task(state=TaskState.RUNNING, waiting=None)
        return task.note(run=a_run(task, state=RunState.GENERATING, step=step), runs=1)

    speaker = Speaker(note, every=0.001)
    speaker.tell(at("reads"), urgent=True)
    await tried.wait()
    for step in ("writes", "runs its tests", "looks again"):
        speaker.tell(at(step), urgent=False)
    async with asyncio.timeout(20):
        await over.wait()
    await speaker.close(within=20)

    assert said == ["looks again"]


class Deaf(FakeMessenger):
    """Takes no direct message either."""

    async def tell(self, person: str, text: str) -> None:
        raise Stop("Slack refused a request: user_not_found.")
