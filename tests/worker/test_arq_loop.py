"""What the loop takes for granted of arq beyond its documents; an update of arq that breaks it fails here."""

import asyncio
import inspect

from arq.worker import Worker

from jobs.queue.store import Store
from jobs.queue.submit import ACTS, RUNS, Queue
from jobs.worker.arq_loop import ArqLoop
from tests.factories import a_task


class Desk:
    def __init__(self, free: int) -> None:
        self.room = free
        self.taken: list[str] = []
        self.acts: list[str] = []
        self.fault: Exception | None = None

    async def take(self, task_id: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.taken.append(task_id)
        self.room -= 1

    async def act(self, act_id: str) -> None:
        self.acts.append(act_id)

    def loop(self, queue: Queue) -> ArqLoop:
        return ArqLoop(queue, take=self.take, act=self.act, free=lambda: self.room)


async def turns(loop: ArqLoop, count: int) -> None:
    for _ in range(count):
        loop.wake.set()
        await loop.turn()
        await loop.close()


async def tasks(store: Store, queue: Queue, count: int) -> list[str]:
    ids = [(await store.create(a_task(origin=f"T/{n}")))[0].id for n in range(count)]
    for one in ids:
        await queue.submit(one)
    return ids


def test_arq_still_has_what_we_drive() -> None:
    assert inspect.iscoroutinefunction(Worker._poll_iteration)
    names = inspect.signature(Worker).parameters
    assert {"max_jobs", "queue_read_limit", "job_timeout", "keep_result", "handle_signals"} <= set(names)
    source = inspect.getsource(Worker)
    for used in ("self.allow_pick_jobs", "self.job_counter < self.max_jobs", "self.in_progress_timeout_s"):
        assert used in source


async def test_no_more_is_picked_than_fits(store: Store, queue: Queue) -> None:
    ids = await tasks(store, queue, 5)
    desk = Desk(free=2)
    loop = desk.loop(queue)
    await turns(loop, 3)
    assert len(desk.taken) == 2
    assert await store.connection.call("ZCARD", RUNS) == 3
    desk.room = 8
    await turns(loop, 2)
    assert sorted(desk.taken) == sorted(ids)


async def test_a_full_worker_still_executes_acts(store: Store, queue: Queue) -> None:
    await tasks(store, queue, 1)
    await queue.submit_act("click")
    desk = Desk(free=0)
    await turns(desk.loop(queue), 2)
    assert (desk.taken, desk.acts) == ([], ["click"])


async def test_nothing_of_a_handed_over_envelope_stays_behind(store: Store, queue: Queue) -> None:
    (task_id,) = await tasks(store, queue, 1)
    await turns(Desk(free=1).loop(queue), 2)
    assert await store.connection.call("KEYS", "arq:*") == []
    await queue.submit(task_id)
    assert await queue.queued((task_id,)) == {task_id}


async def test_a_handler_that_fails_stops_nothing(store: Store, queue: Queue) -> None:
    await tasks(store, queue, 2)
    desk = Desk(free=4)
    desk.fault = RuntimeError("ours")
    loop = desk.loop(queue)
    await turns(loop, 2)
    desk.fault = None
    (third,) = [(await store.create(a_task(origin="T/third")))[0].id]
    await queue.submit(third)
    await turns(loop, 2)
    assert desk.taken == [third]


async def test_more_envelopes_under_way_than_arq_reads_by_default_starve_nobody(
    store: Store, queue: Queue
) -> None:
    ids = await tasks(store, queue, 120)
    busy = [("SET", f"arq:in-progress:{one}:0", "1", "EX", 60) for one in ids[:110]]
    await store.connection.many(busy)
    desk = Desk(free=16)
    await turns(desk.loop(queue), 2)
    assert set(desk.taken) == set(ids[110:])


async def test_a_tombstone_of_an_aborted_id_kills_nothing(store: Store, queue: Queue) -> None:
    task, _ = await store.create(a_task())
    await store.connection.call("ZADD", "arq:abort", 9e15, f"{task.id}:0")
    await queue.submit(task.id)
    desk = Desk(free=1)
    await turns(desk.loop(queue), 2)
    assert desk.taken == [task.id]


async def test_a_wake_comes_before_the_poll(store: Store, queue: Queue) -> None:
    desk = Desk(free=1)
    loop = desk.loop(queue)
    turn = asyncio.create_task(loop.turn())
    await tasks(store, queue, 1)
    begun = asyncio.get_running_loop().time()
    loop.wake.set()
    await turn
    await loop.close()
    assert asyncio.get_running_loop().time() - begun < 0.4
    assert await store.connection.call("ZCARD", ACTS) == 0
    assert len(desk.taken) == 1
