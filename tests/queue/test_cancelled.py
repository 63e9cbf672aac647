"""A cancellation is heeded in whatever moment of a call to Redis it comes."""

import asyncio

import pytest

from jobs.queue.connection import open_connection


@pytest.mark.parametrize("turns", range(0, 45))
async def test_no_cancellation_is_lost(redis_url: str, turns: int) -> None:
    connection = open_connection(redis_url)

    async def endless() -> None:
        await connection.call("PING")
        await connection.many([("PING",), ("PING",)])
        await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    for _ in range(turns):
        await turn()
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=5.0)
    assert done and task.cancelled()
    await connection.close()


async def turn() -> None:
    """Let everything else go one step on."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    loop.call_soon(over.set_result, None)
    await over
