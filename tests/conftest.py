"""Fixtures that more than one room uses."""

import gc
import os
from collections.abc import AsyncIterator, Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from jobs.queue.connection import Connection, open_connection
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from playground.redis_server import RedisServer
from tests.servers import private_redis

# no test is decided by a clock: a busy machine is not a fault; nor by luck: the same is drawn everywhere,
# but by `make fuzz`, which looks for what nobody thought of
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="FUZZ" not in os.environ,
    database=None,
)
settings.load_profile("unhurried")

SLOW = (
    "tests/story/",
    "tests/stages/",
    "tests/bench/",
    "tests/toolchains/",
    "tests/cli/test_run",
    "tests/worker/test_kill",
    "tests/engines/agent/",
    "tests/playground/page/",
    "tests/queue/test_backlog_machine",
)
"""What goes first, longest first, so that no worker is left alone with a long one at the end."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded stays: a third of the time went into looking for garbage in it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow rooms first; the order inside a room stays."""
    items.sort(
        key=lambda item: next((at for at, room in enumerate(SLOW) if item.nodeid.startswith(room)), len(SLOW))
    )


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


@pytest.fixture
async def connection(redis_process: RedisServer) -> AsyncIterator[Connection]:
    """An empty Redis."""
    opened = open_connection(redis_process.url)
    await opened.call("FLUSHALL")
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def redis_url(connection: Connection, redis_process: RedisServer) -> str:
    """Address of an empty Redis."""
    return redis_process.url


@pytest.fixture
def store(connection: Connection) -> Store:
    return Store(connection)


@pytest.fixture
def queue(store: Store) -> Queue:
    return Queue(store)
