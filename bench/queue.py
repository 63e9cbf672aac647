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
"""Submits measured, one after another, in each mode."""

MODES = ("always", "everysec")
"""Redis's appendfsync: every write on disk before it is acknowledged, or once a second."""


def main() -> None:
    """Print one row per measurement."""
    asyncio.run(_measure())


async def _measure() -> None:
    with private_redis() as server:
        async with connect(server.url) as (store, queue):
            for mode in MODES:
                await store.connection.call("CONFIG", "SET", "appendfsync", mode)
                floor = await _two_writes(store.connection)
                plain = await _plain_arq(queue)
                ours = await _ours(store, queue, server.url, mode)
                at = f"appendfsync {mode}"
                for name, share in (("p50", 50), ("p99", 99)):
                    times = [
                        statistics.quantiles(one, n=100)[share - 1] * 1000 for one in (ours, plain, floor)
                    ]
                    label = f"submit → start {name} (stored and leased, plain arq; poll {POLL} s, {at})"
                    row(label, ours=times[0], rival=times[1])
                    label = f"submit → start {name} (ours, two writes and nothing else; {at})"
                    row(label, ours=times[0], rival=times[2])


async def _two_writes(connection: Connection) -> list[float]:
    """What no start can do without on this machine right now: the task is written, then its owner."""
    spans = []
    for number in range(STARTS):
        before = time.perf_counter()
        await connection.call("SET", "bench:task", number)
        await connection.call("SET", "bench:owner", number)
        spans.append(time.perf_counter() - before)
    return spans


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


async def _ours(store: Store, queue: Queue, url: str, mode: str) -> list[float]:
    begun: asyncio.Queue[float] = asyncio.Queue()

    async def execute(task: Task, tools: Tools, journal: Journal) -> Run:
        begun.put_nowait(time.perf_counter())
        raise Stop("measured")

    async def submit(number: int) -> None:
        task, _ = await store.create(a_task(origin=f"bench/{mode}/{number}", thread=None))
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


if __name__ == "__main__":
    main()
