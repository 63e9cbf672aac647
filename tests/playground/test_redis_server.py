"""The Redis-compatible server of demo and tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.errors import Stop
from jobs.queue.submit import connect
from playground.redis_server import redis_server
from tests.factories import a_task


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cg-redis-", dir="/var/tmp") as name:
        yield Path(name)


async def test_what_was_stored_is_there_after_a_restart(folder: Path) -> None:
    for fresh in (True, False):
        with redis_server(folder, {}) as server:
            process = server.process
            async with connect(server.url) as (store, _):
                assert (await store.create(a_task()))[1] is fresh
        assert process is not None and process.returncode is not None


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "appendonlydir").write_text("in the way")
    with pytest.raises(Stop, match="did not start"), redis_server(folder, {}):
        pass


def test_a_folder_with_too_long_a_name_is_refused(folder: Path) -> None:
    with pytest.raises(Stop, match="too long a name"), redis_server(folder / ("x" * 100), {}):
        pass
