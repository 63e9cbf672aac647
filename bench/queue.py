"""From submit to the start of the work: ours against plain arq, in the same run on the same server."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from arq.connections import ArqRedis
from arq.worker import Worker, func

from bench import row
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.errors import Stop
from jobs.ports import Journal, Tools
from jobs.queue.connection import Connection
from jobs.queue.store import Store
from jobs.queue.submit import Queue, connect
from jobs.worker.arq_loop import POLL
from jobs.worker.serve import Process
from tests.factories import a_task
from tests.servers import private_redis
from tests.worker.fakes import Fakes, a_settings

STARTS = 30
"""Submits measured, one after another."""

WAITING = 2000
"""Tasks written for rate and memory."""


def main() -> None:
    """Print one row per measurement."""
    asyncio.run(_measure())


async def _measure() -> None:
    with private_redis() as server:
        async with connect(server.url) as (store, queue):
            plain = await _plain_arq(queue)
            ours = await _ours(store, queue, server.url)
            for name, share in (("p50", 50), ("p99", 99)):
                times = [statistics.quantiles(one, n=100)[share - 1] * 1000 for one in (ours, plain)]
                label = f"submit → start {name} (stored and leased, plain arq; poll {POLL} s)"
                row(label, ours=times[0], rival=times[1])
            await _waiting(store)


async def _plain_arq(queue: Queue) -> list[float]:
    begun: asyncio.Queue[float] = asyncio.Queue()

    async def job(ctx: dict[str, Any], task_id: str) -> None:
        begun.put_nowait(time.perf_counter())

    redis = ArqRedis(queue.arq.connection_pool)
    functions = [func(job, name="job", keep_result=0)]
    worker = Worker(functions=functions, redis_pool=redis, handle_signals=False, poll_delay=POLL)
    work = asyncio.create_task(worker.async_run())
    spans = await _spans(begun, lambda number: redis.enqueue_job("job", str(number)))
    work.cancel()
    await asyncio.wait({work})
    return spans


async def _ours(store: Store, queue: Queue, url: str) -> list[float]:
    begun: asyncio.Queue[float] = asyncio.Queue()

    async def execute(task: Task, tools: Tools, journal: Journal) -> Run:
        begun.put_nowait(time.perf_counter())
        raise Stop("measured")

    async def submit(number: int) -> None:
        task, _ = await store.create(a_task(origin=f"bench/{number}", thread=None))
        await queue.submit(task.id)

    stop = asyncio.Event()
    process = Process(store, queue, Fakes(store, execute=execute).workshop(), a_settings(url, runs=16))
    work = asyncio.create_task(process.work(stop))
    await submit(-1)
    await begun.get()
    spans = await _spans(begun, submit)
    stop.set()
    await work
    return spans


async def _spans(begun: "asyncio.Queue[float]", submit: Callable[[int], Awaitable[object]]) -> list[float]:
    spans = []
    for number in range(STARTS):
        # spread over the poll's period, or every submit would follow a poll at the same distance
        await asyncio.sleep((number * 37 % STARTS) / STARTS * POLL / 4)
        before = time.perf_counter()
        await submit(number)
        spans.append(await begun.get() - before)
    return spans


async def _waiting(store: Store) -> None:
    before = await _memory(store.connection)
    begun = time.perf_counter()
    for batch in range(0, WAITING, 20):
        tasks = [a_task(origin=f"waiting/{batch + one}") for one in range(20)]
        await asyncio.gather(*(store.create(task) for task in tasks))
    seconds = time.perf_counter() - begun
    used = (await _memory(store.connection) - before) / WAITING
    print(f"queue: {WAITING / seconds:.0f} tasks stored per second (20 clients, appendfsync always)")
    print(f"queue: {used / 1024:.1f} KiB of Redis per waiting task, event and indexes included")


async def _memory(connection: Connection) -> int:
    return int((await connection.call("INFO", "memory"))["used_memory"])


if __name__ == "__main__":
    main()
