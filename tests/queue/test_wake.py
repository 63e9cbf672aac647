"""What lets a task start wakes the workers in the same write, so that no start waits for a poll."""

from datetime import timedelta

from jobs.domain.plan import Plan, Waits
from jobs.domain.task import TaskState, Thread, Waiting
from jobs.queue import keys
from jobs.queue.connection import Connection, Subscription
from jobs.queue.places import LANES
from jobs.queue.store import Store
from jobs.queue.submit import RUNS, Queue
from tests.factories import NOON, a_task


async def heard(news: Subscription, connection: Connection) -> list[str]:
    """What has been said on the wake's channel up to now."""
    await connection.call("PUBLISH", keys.WAKE, "end")
    said = []
    while (message := await news.next(seconds=5)) is not None and message[1] != b"end":
        said.append(message[1].decode())
    return said


async def test_a_task_that_comes_into_line_wakes(connection: Connection, store: Store) -> None:
    async with connection.subscribed(keys.WAKE) as news:
        task, _ = await store.create(a_task(thread=Thread(channel="C0PAY")))
        assert await heard(news, connection) == [LANES]

        await store.change(task.id, lambda now: now.note(thread=Thread(channel="C0PAY", ts="1.1")))
        assert await heard(news, connection) == [LANES], "its head message was what it waited for"

        await store.change(task.id, lambda now: now.note(waiting=Waiting.FAIR_SHARE))
        assert await heard(news, connection) == [], "another reason in the same line is no news for a worker"


async def test_a_task_that_waits_for_something_else_wakes_nobody(
    connection: Connection, store: Store
) -> None:
    waits = Waits(at=NOON + timedelta(days=1))
    async with connection.subscribed(keys.WAKE) as news:
        task, _ = await store.create(a_task(waiting=Waiting.SCHEDULE, waits=waits))
        assert await heard(news, connection) == []
        await store.change(task.id, lambda now: now.note(waiting=Waiting.WORKER, waits=None))
        assert await heard(news, connection) == [LANES]


async def test_an_envelope_is_for_what_no_listening_worker_finds_in_line(
    connection: Connection, store: Store, queue: Queue
) -> None:
    waiting, _ = await store.create(a_task(origin="in line"))
    waits = Waits(at=NOON + timedelta(days=1))
    later, _ = await store.create(a_task(origin="later", waiting=Waiting.SCHEDULE, waits=waits))
    async with connection.subscribed(keys.WAKE) as news:
        await queue.submit(waiting.id)
        assert await heard(news, connection) == [], "the write that put it in line has said so"
        await queue.submit(later.id)
        assert RUNS in await heard(news, connection)
    assert await queue.queued((waiting.id, later.id)) == {later.id}

    await queue.submit(waiting.id)
    assert await queue.queued((waiting.id, later.id)) == {waiting.id, later.id}, "nobody listens any more"


async def test_a_child_in_review_is_looked_at_when_its_parent_ends(
    connection: Connection, store: Store
) -> None:
    parent, _ = await store.create(a_task(origin="parent", state=TaskState.IN_REVIEW, waiting=None))
    plan = Plan(depends_on=(parent.id,), stack=True)
    child, _ = await store.create(a_task(origin="child", state=TaskState.IN_REVIEW, waiting=None, plan=plan))
    await connection.call("DEL", keys.LOOK)
    async with connection.subscribed(keys.WAKE) as news:
        await store.change(parent.id, lambda now: now.to(TaskState.CLOSED))
        assert await heard(news, connection) == [LANES]
    assert await connection.call("ZRANGE", keys.LOOK, 0, -1) == [child.id.encode()]
