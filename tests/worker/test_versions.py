"""A rolling restart: workers of two versions at the same time, and a copy of Redis that is brought back."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from jobs.domain.event import first_broken
from jobs.domain.task import TaskState
from jobs.queue.connection import Connection
from jobs.queue.record import SCHEMA
from jobs.queue.store import Store
from jobs.queue.submit import Queue, connect
from jobs.worker.serve import Process
from playground.redis_server import redis_server
from tests.factories import a_task
from tests.servers import private_redis
from tests.worker.conftest import Working
from tests.worker.fakes import Fakes, a_settings, until


async def test_old_and_new_workers_share_the_work_and_each_task_runs_once(
    connection: Connection, store: Store, queue: Queue, fakes: Fakes, working: Working, redis_url: str
) -> None:
    newer = Store(connection, schema=SCHEMA + 1)
    theirs = [(await newer.create(a_task(origin=f"T/new/{number}")))[0] for number in range(5)]
    ours = [(await store.create(a_task(origin=f"T/old/{number}")))[0] for number in range(5)]
    upgraded = Process(newer, Queue(newer), fakes.workshop(), a_settings(redis_url))
    stop = asyncio.Event()
    async with working():
        work = asyncio.create_task(upgraded.work(stop))
        for task in (*theirs, *ours):
            done = await until(newer, task.id, lambda now: now.state is TaskState.IN_REVIEW, seconds=40)
            assert done.runs == 1
        stop.set()
        await work
    assert len(fakes.forge.opened) == 10
    for task in (*theirs, *ours):
        assert first_broken(await newer.history(task.id)) is None


async def test_a_copy_of_the_append_only_file_brings_every_task_back() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cg-copy-", dir="/var/tmp"))
    try:
        with private_redis() as server:
            async with connect(server.url) as (store, _):
                tasks = [(await store.create(a_task(origin=f"T/{number}")))[0] for number in range(20)]
                await store.connection.call("CONFIG", "SET", "auto-aof-rewrite-percentage", "0")
                shutil.copytree(server.folder / "appendonlydir", folder / "appendonlydir")
                await store.change(tasks[0].id, lambda now: now.note(spec_version=2))
        with redis_server(folder, {}) as copy:
            async with connect(copy.url) as (store, _):
                assert {one.id for one in await store.list()} == {one.id for one in tasks}
                assert await store.get(tasks[0].id) == tasks[0]
                assert first_broken(await store.history(tasks[3].id)) is None
    finally:
        shutil.rmtree(folder)
