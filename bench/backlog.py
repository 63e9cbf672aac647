"""Ten thousand waiting tasks: what a decision costs against the length of the line."""

import asyncio
import statistics
import time
from datetime import UTC, datetime

from jobs.domain.operating import BacklogTable
from jobs.domain.people import Person
from jobs.domain.plan import Plan, Priority
from jobs.domain.task import Task, Thread
from jobs.queue.backlog import Backlog
from jobs.queue.connection import Connection
from jobs.queue.store import Store
from jobs.queue.submit import Queue, connect
from jobs.settings import OperatorFile
from jobs.worker.moves import begun
from tests.factories import a_spec, a_task
from tests.servers import private_redis

LENGTHS = (100, 1_000, 10_000)
"""Waiting tasks at which a promotion is measured."""

PROMOTIONS = 60
"""Tasks promoted at each length."""

CLIENTS = 20
"""Submits under way at the same time."""

OPERATOR = OperatorFile(backlog=BacklogTable(running=1_000_000, per_repository=1_000_000))


def main() -> None:
    """Print one row per measurement."""
    asyncio.run(_measure())


async def _measure() -> None:
    with private_redis(durable=True) as server:
        async with connect(server.url) as (store, queue):
            before = await _memory(store.connection)
            medians: list[float] = []
            waiting, seconds = 0, 0.0
            for length in LENGTHS:
                seconds += await _submit(store, queue, waiting, length)
                waiting = length
                if length == LENGTHS[-1]:
                    each = (await _memory(store.connection) - before) / length
                    print(f"backlog: {each / 1024:.1f} KiB of Redis per waiting task, event included")
                medians.append(await _promote(store, length))
                waiting -= PROMOTIONS
            rate = (LENGTHS[-1] + PROMOTIONS * (len(LENGTHS) - 1)) / seconds
            print(f"backlog: {rate:.0f} tasks submitted per second ({CLIENTS} clients, appendfsync always)")
            for length, median in zip(LENGTHS[1:], medians[1:], strict=True):
                print(f"backlog: promote at {length} / promote at {LENGTHS[0]} = {median / medians[0]:.2f}")


async def _submit(store: Store, queue: Queue, begin: int, end: int) -> float:
    begun_at = time.perf_counter()
    for batch in range(begin, end, CLIENTS):
        numbers = range(batch, min(batch + CLIENTS, end))
        await asyncio.gather(*(_one(store, queue, end * 100_000 + number) for number in numbers))
    return time.perf_counter() - begun_at


async def _one(store: Store, queue: Queue, number: int) -> None:
    task, _ = await store.create(_task(number))
    await queue.submit(task.id)


def _task(number: int) -> Task:
    return a_task(
        origin=f"bench/{number}",
        spec=a_spec(repository=f"team/service-{number % 10}"),
        requester=Person(id=f"U{number % 40}"),
        thread=Thread(channel=f"C{number % 8}", ts="1.1"),
        plan=Plan(priority=list(Priority)[number % 3]),
    )


async def _promote(store: Store, length: int) -> float:
    backlog = Backlog(store, OPERATOR)
    spans = []
    for _ in range(PROMOTIONS):
        before = time.perf_counter()
        start = await backlog.next()
        assert start is not None
        taken = await store.take(
            start.task,
            lambda task: begun(task, datetime.now(UTC)),
            owner="bench",
            seconds=600,
            terms=start.terms,
        )
        spans.append((time.perf_counter() - before) * 1000)
        assert taken is not None
    median = statistics.median(spans)
    p99 = sorted(spans)[int(len(spans) * 0.99)]
    print(f"backlog: promote one of {length}: p50 {median:.2f} ms, p99 {p99:.2f} ms (decide, take, start)")
    return median


async def _memory(connection: Connection) -> int:
    return int((await connection.call("INFO", "memory"))["used_memory"])


if __name__ == "__main__":
    main()
