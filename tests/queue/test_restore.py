"""What Redis acknowledged is there after a SIGKILL, and after the operator guide's backup and restore."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from jobs.domain.budget import Spend
from jobs.domain.event import first_broken
from jobs.domain.ledger import BudgetTable, Measure, spend_amounts
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.queue import accounts
from jobs.queue.backlog.purse import Reserved
from jobs.queue.budget import Ledger
from jobs.queue.connection import OUTAGE, Connection, open_connection
from jobs.queue.store import Store
from jobs.queue.submit import connect
from jobs.worker.moves import begun, settled
from jobs.worker.serve import Process
from playground.redis_server import RedisServer, server_program
from tests.factories import a_task
from tests.servers import private_redis
from tests.worker.fakes import Fakes, a_settings, until

USED = Spend(requests=3, input_tokens=1000, output_tokens=10, usd=Decimal("1.25"))
ENOUGH = 20
"""Acknowledged tasks before Redis is killed."""


async def test_no_acknowledged_task_is_lost_when_redis_is_killed() -> None:
    acknowledged: list[Task] = []
    enough = asyncio.Event()
    with private_redis(durable=True) as server:
        async with connect(server.url) as (store, _):
            people = [asyncio.create_task(_submits(store, one, acknowledged, enough)) for one in range(4)]
            await enough.wait()
            server.stop(signal.SIGKILL)
            await asyncio.gather(*people)
            server.start()
            for task in acknowledged:
                assert await store.get(task.id) == task
                assert first_broken(await store.history(task.id)) is None
    assert len(acknowledged) >= ENOUGH


async def _submits(store: Store, person: int, acknowledged: list[Task], enough: asyncio.Event) -> None:
    number = 0
    while True:
        number += 1
        try:
            acknowledged.append((await store.create(a_task(origin=f"T/{person}/{number}")))[0])
        except OUTAGE:
            return
        if len(acknowledged) >= ENOUGH:
            enough.set()


@pytest.mark.parametrize("kind", ["aof", "rdb"])
async def test_a_backup_restored_into_a_fresh_server_goes_on(kind: str) -> None:
    with private_redis() as old, _a_folder() as folder:
        async with connect(old.url) as (store, _):
            waiting, done, running = [await _created(store, one) for one in ("waits", "done", "runs")]
            before = await _run(store, await _started(store, done))
            await _started(store, running)
            await _back_up(store.connection, old.folder, folder, kind)
            lost, _ = await store.create(a_task(origin="after the copy"))
        async with _restored(folder, kind) as server, connect(server.url) as (store, queue):
            assert await store.get(lost.id) is None
            assert await store.get(done.id) == before
            stop = asyncio.Event()
            process = Process(store, queue, Fakes(store).workshop(), a_settings(server.url))
            work = asyncio.create_task(process.work(stop))
            for task in (waiting, running):
                after = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
                assert after.runs == 1
            stop.set()
            await work
            for task in (waiting, done, running):
                assert first_broken(await store.history(task.id)) is None
            await _assert_settled(store, done)


async def _created(store: Store, origin: str) -> Task:
    return (await store.create(a_task(origin=origin)))[0]


async def _started(store: Store, task: Task) -> Task:
    """The task as a worker has it that is gone before the copy is made."""
    reserved = await Ledger(store, BudgetTable()).reserve(task)
    assert isinstance(reserved, Reserved)
    now = datetime.now(UTC)
    taken = await store.take(
        task.id, lambda it: begun(it, now), owner="gone", seconds=0.01, terms=reserved.terms
    )
    assert taken is not None
    return taken[0]


async def _run(store: Store, task: Task) -> Task:
    def ends(now: Task) -> Task:
        assert now.run is not None
        return settled(now, now.run.to(RunState.STOPPED, spend=USED), datetime.now(UTC))

    return await store.change(task.id, ends)


async def _assert_settled(store: Store, done: Task) -> None:
    """The one run that had used something is what the month has used; nothing is held."""
    ledger = Ledger(store, BudgetTable())
    month = next(one for one in ledger.accounts_of(done, datetime.now(UTC)) if one.stem == "month:")
    (balance,) = await ledger.balances([month.name])
    used = spend_amounts(USED)
    assert {one: balance.spent[one] for one in (Measure.USD, Measure.TOKENS)} == {
        one: used[one] for one in (Measure.USD, Measure.TOKENS)
    }
    assert not any(balance.held.values())
    assert await store.connection.call("SCARD", accounts.HELD) == 0


async def _back_up(connection: Connection, source: Path, target: Path, kind: str) -> None:
    """As docs/operator.md says it."""
    if kind == "aof":
        await connection.call("BGREWRITEAOF")
        await _over(connection, "aof_rewrite_in_progress", "aof_rewrite_scheduled")
        await connection.call("CONFIG", "SET", "auto-aof-rewrite-percentage", "0")
        shutil.copytree(source / "appendonlydir", target / "appendonlydir")
    else:
        await connection.call("BGSAVE")
        await _over(connection, "rdb_bgsave_in_progress")
        shutil.copy(source / "dump.rdb", target / "dump.rdb")


async def _over(connection: Connection, *flags: str) -> None:
    async with asyncio.timeout(30):
        while True:
            state = await connection.call("INFO", "persistence")
            if not any(state.get(flag) for flag in flags):
                return
            await connection.call("BLPOP", "test:nothing", 0.05)


@asynccontextmanager
async def _restored(folder: Path, kind: str) -> AsyncIterator[RedisServer]:
    server = RedisServer(f"unix://{folder / 'redis.sock'}", folder)
    if kind == "rdb":
        await _made_append_only(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def _made_append_only(folder: Path) -> None:
    """A server that keeps an append-only file reads no RDB at its start: once without, then switched."""
    sock = folder / "redis.sock"
    words = ("--port", "0", "--unixsocket", str(sock), "--dir", str(folder), "--appendonly", "no")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(server_program(), *words, stdout=quiet)
    connection = open_connection(f"unix://{sock}")
    try:
        async with asyncio.timeout(30):
            while not sock.exists():
                await asyncio.wait({asyncio.create_task(process.wait())}, timeout=0.05)
        await connection.call("CONFIG", "SET", "appendonly", "yes")
        await _over(connection, "aof_rewrite_in_progress", "aof_rewrite_scheduled")
    finally:
        await connection.close()
        process.terminate()
        await process.wait()


@contextmanager
def _a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cg-back-", dir="/var/tmp") as name:
        yield Path(name)
