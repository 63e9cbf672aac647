"""A post whose poster died or froze half way: what it left is looked at, and a double goes."""

from datetime import UTC, datetime, timedelta

from jobs.ports import Message
from jobs.queue import keys, posting
from jobs.queue.commit import micros
from jobs.queue.connection import Connection
from jobs.queue.store import Store

HEAD = Message(channel="C1", text="…", blocks=(), key="cg-1/head")


async def test_a_mark_goes_when_the_place_is_remembered(store: Store, connection: Connection) -> None:
    async with store.posting(HEAD):
        assert await connection.call("ZCARD", keys.POSTING) == 1
    assert await connection.call("ZCARD", keys.POSTING) == 0


async def test_an_old_mark_is_looked_at_until_nobody_can_come_back(connection: Connection) -> None:
    looked: list[str] = []

    async def keep_one(message: Message) -> None:
        looked.append(message.key)

    await posting.mark(connection, HEAD)
    await posting.tidy(connection, keep_one)
    assert looked == []
    for age in (posting.LOOK_AFTER, posting.GIVEN_UP):
        since = micros(datetime.now(UTC) - age - timedelta(seconds=1))
        (line,) = await connection.call("ZRANGE", keys.POSTING, 0, -1)
        await connection.call("ZADD", keys.POSTING, since, line)
        await posting.tidy(connection, keep_one)
    assert looked == ["cg-1/head"] * 2
    assert await connection.call("ZCARD", keys.POSTING) == 0
