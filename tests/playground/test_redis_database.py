"""Somebody's Redis is used without disturbing what is in it."""

from pathlib import Path

import pytest

from jobs.errors import Stop
from jobs.queue.connection import open_connection
from playground.redis_database import empty_database
from playground.redis_server import redis_server


async def test_an_empty_database_is_lent_and_left_empty(tmp_path: Path, redis_url: str) -> None:
    theirs = open_connection(redis_url)
    await theirs.call("SET", "mine", "1")
    with redis_server(tmp_path, {"REDIS_URL": redis_url}) as lent, empty_database(redis_url) as other:
        assert len({redis_url, lent.url, other}) == 3
        ours = open_connection(lent.url)
        assert await ours.call("GET", "mine") is None
        await ours.call("SET", "anything", "1")
        await ours.close()
    again = open_connection(lent.url)
    assert await again.call("DBSIZE") == 0
    assert await theirs.call("GET", "mine") == b"1"
    await again.close()
    await theirs.close()


def test_a_server_that_does_not_answer_is_said() -> None:
    with pytest.raises(Stop, match="REDIS_URL cannot be used"), empty_database("redis://127.0.0.1:1/0"):
        raise AssertionError("there is nothing to use")
