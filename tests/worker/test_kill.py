"""Workers that are killed or frozen: another one goes on at the last finished phase, once."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobs.domain.event import first_broken
from jobs.domain.operating import WorkerTable
from jobs.domain.task import TaskState
from jobs.queue.connection import Connection
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from tests.factories import a_task
from tests.worker.fakes import until
from tests.worker.process import FENCED, HELD, counter

PHASES = ("preparing", "generating", "verifying", "opening")
RECOVERY = 15.0
"""Seconds from a kill to the end of a resumed run, at the default lease."""


@asynccontextmanager
async def worker(
    redis_url: str, *, lease: float, holds: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    argv = (sys.executable, "-m", "tests.worker.process", redis_url, str(lease), "holds" if holds else "goes")
    process = await asyncio.create_subprocess_exec(*argv, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGCONT)
            process.terminate()
        await asyncio.wait_for(process.wait(), 15)


async def held(connection: Connection, count: int) -> None:
    async with asyncio.timeout(90):
        for _ in range(count):
            while await connection.call("BLPOP", HELD, 1) is None:
                pass


async def counts(connection: Connection, task_id: str) -> dict[str, int]:
    names = (*PHASES, "opened")
    values = await connection.many([("GET", counter(task_id, name)) for name in names])
    return {name: int(value or 0) for name, value in zip(names, values, strict=True)}


async def test_a_killed_worker_loses_only_the_phase_it_was_in(
    store: Store, queue: Queue, connection: Connection, redis_url: str
) -> None:
    tasks = [(await store.create(a_task(origin=f"T/{phase}")))[0] for phase in PHASES]
    lease = WorkerTable().lease_seconds
    async with worker(redis_url, lease=lease, holds=True) as first:
        for task in tasks:
            await queue.submit(task.id)
        await held(connection, len(tasks))
        async with worker(redis_url, lease=lease):
            while len(await store.workers()) < 2:
                await connection.call("BLPOP", "test:nothing", 0.1)
            first.kill()
            killed = time.monotonic()
            for task in tasks:
                await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW, seconds=30)
            assert time.monotonic() - killed < RECOVERY
    for task, phase in zip(tasks, PHASES, strict=True):
        expected = {name: 2 if name == phase else 1 for name in PHASES} | {"opened": 1}
        assert await counts(connection, task.id) == expected
        read = await store.get(task.id)
        assert read is not None and read.runs == 1
        assert first_broken(await store.history(task.id)) is None


async def test_a_frozen_worker_that_wakes_up_touches_nothing(
    store: Store, queue: Queue, connection: Connection, redis_url: str
) -> None:
    task, _ = await store.create(a_task(origin="T/opening"))
    async with worker(redis_url, lease=1.0, holds=True) as first:
        await queue.submit(task.id)
        await held(connection, 1)
        first.send_signal(signal.SIGSTOP)
        async with worker(redis_url, lease=1.0):
            await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
            before = await store.history(task.id)
            await connection.call("RPUSH", f"test:go:{task.id}", "1")
            first.send_signal(signal.SIGCONT)
            async with asyncio.timeout(60):
                while await connection.call("BLPOP", FENCED, 1) is None:
                    pass
    assert (await counts(connection, task.id))["opened"] == 1
    assert await store.history(task.id) == before
