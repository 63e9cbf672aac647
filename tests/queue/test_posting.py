"""A post whose poster died or froze half way: what it left is looked at, and a double goes."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from jobs.errors import Stop
from jobs.ports import Message
from jobs.queue import keys, posting
from jobs.queue.connection import Connection
from jobs.queue.store import Store

HEAD = Message(channel="C1", text="…", blocks=(), key="cg-1/head")


async def test_a_mark_goes_when_the_place_is_remembered(store: Store, connection: Connection) -> None:
    async with store.posting(HEAD):
        assert await connection.call("ZCARD", keys.POSTING) == 1
    assert await connection.call("ZCARD", keys.POSTING) == 0


async def test_an_old_mark_is_looked_at_ever_more_seldom_until_nobody_can_come_back(
    connection: Connection,
) -> None:
    looked: list[str] = []

    async def keep_one(message: Message) -> None:
        looked.append(message.key)

    line = await posting.mark(connection, HEAD)
    await posting.tidy(connection, keep_one)
    assert looked == []
    for age in (posting.LOOK_AFTER, posting.GIVEN_UP):
        line = await older(connection, line, age + timedelta(seconds=1))
        await posting.tidy(connection, keep_one)
        await posting.tidy(connection, keep_one)
    assert looked == ["cg-1/head"] * 2
    assert await connection.call("ZCARD", keys.POSTING) == 0


async def test_a_mark_that_cannot_be_looked_at_holds_up_no_other(connection: Connection) -> None:
    looked: list[str] = []

    async def keep_one(message: Message) -> None:
        looked.append(message.key)
        if len(looked) == 1:
            raise Stop("Slack has no such channel for the bot.")

    for _ in range(2):
        await older(connection, await posting.mark(connection, HEAD), timedelta(minutes=1))
    with pytest.raises(Stop):
        await posting.tidy(connection, keep_one)
    await posting.tidy(connection, keep_one)
    assert len(looked) == 2


async def test_of_several_workers_one_looks_at_a_mark(connection: Connection) -> None:
    looked: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(message: Message) -> None:
        looked.append(message.key)
        begun.set()
        await go_on.wait()

    await older(connection, await posting.mark(connection, HEAD), timedelta(minutes=1))
    first = asyncio.create_task(posting.tidy(connection, slowly))
    await begun.wait()
    await posting.tidy(connection, slowly)
    go_on.set()
    await first
    assert looked == ["cg-1/head"]


async def test_whoever_posts_in_place_of_a_frozen_process_leaves_its_mark(
    store: Store, connection: Connection
) -> None:
    frozen = await posting.mark(connection, HEAD)
    async with store.posting(HEAD):
        pass
    assert await connection.call("ZRANGE", keys.POSTING, 0, -1) == [frozen.encode()]


async def older(connection: Connection, line: str, age: timedelta) -> str:
    """The same mark, as if it had been left so long ago."""
    since = keys.micros(datetime.now(UTC) - age)
    aged = json.dumps([*json.loads(line)[:-1], since])
    await connection.call("ZREM", keys.POSTING, line)
    await connection.call("ZADD", keys.POSTING, since, aged)
    return aged
