"""Posts under way: whoever dies between posting and remembering it leaves a mark to look at.

A sorted set, mark → when to look at it next, in microseconds. Each poster has a mark of its own: one that
posts in place of a frozen one must not take the frozen one's away.
"""

import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from jobs.ports import Message, Messenger
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.gate import RedisGate
from jobs.queue.listing import claimed, ids
from jobs.queue.patience import patiently

LOOK_AFTER = timedelta(seconds=20)
"""How old a mark is before others look: the poster has done it by then, or is gone or frozen."""

GIVEN_UP = timedelta(minutes=15)
"""How old a mark becomes: a process frozen for longer is not waited for."""

CLAIMED = timedelta(seconds=10)
"""How long one look may take, or rest after it failed, before the mark is looked at again."""

AT_ONCE = 5
"""Marks looked at in one go: each costs a call of Slack's, and threads wait for the same ones."""


REMEMBERED = 60 * 24 * 3600
"""Seconds that a reply's place is remembered after it was last changed."""


async def mark(connection: Connection, message: Message) -> str:
    """A message is about to be posted; returns the mark, which is this poster's alone."""
    now = datetime.now(UTC)
    line = json.dumps(
        [message.channel, message.thread_ts, message.key, secrets.token_hex(4), keys.micros(now)]
    )
    await connection.call("ZADD", keys.POSTING, keys.micros(now + LOOK_AFTER), line)
    return line


async def unmark(connection: Connection, line: str) -> None:
    """It is posted and its place is remembered."""
    await connection.call("ZREM", keys.POSTING, line)


@asynccontextmanager
async def under_way(connection: Connection, message: Message) -> AsyncIterator[None]:
    """Around posting a message: waits for its turn; one left half done keeps its mark."""
    await RedisGate(connection).slack("chat.postMessage", channel=message.channel)
    line = await mark(connection, message)
    yield
    await unmark(connection, line)


async def tidy(connection: Connection, keep_one: Callable[[Message], Awaitable[object]]) -> None:
    """Look at marks whose time has come, each more and more seldom: two messages with one key become one.

    What `keep_one` raises ends this; the mark it was raised for rests a while.
    """
    for line in await ids(connection, keys.POSTING, until=keys.micros(datetime.now(UTC)), limit=AT_ONCE):
        now = datetime.now(UTC)
        if not await claimed(connection, keys.POSTING, line, now=now, until=now + CLAIMED):
            continue
        channel, thread_ts, key, _, since = json.loads(line)
        await keep_one(Message(channel=channel, thread_ts=thread_ts, text="", blocks=(), key=key))
        age = keys.micros(now) - since
        over = age > GIVEN_UP / timedelta(microseconds=1)
        again = ("ZREM", keys.POSTING, line) if over else ("ZADD", keys.POSTING, keys.micros(now) + age, line)
        await connection.call(*again)


class MarkingMessenger:
    """A messenger that marks what it posts; implements ports.Messenger."""

    def __init__(self, messenger: Messenger, connection: Connection) -> None:
        self._messenger = messenger
        self._connection = connection

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update, or mark and post; where a reply stands is remembered, as not every channel can be read."""
        if ts is not None:
            return await self._messenger.put(message, ts=ts)
        known = await patiently(lambda: self._connection.call("GET", _place(message)))
        if known is not None:
            put = await self._messenger.put(message, ts=known.decode())
        else:
            line = await patiently(lambda: mark(self._connection, message))
            put = await self._messenger.put(message)
            await patiently(lambda: unmark(self._connection, line))
        await patiently(lambda: self._connection.call("SET", _place(message), put, "EX", REMEMBERED))
        return put

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key."""
        return await self._messenger.tidy(message)

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        """Put a file into the thread."""
        return await self._messenger.upload(
            channel=channel, thread_ts=thread_ts, name=name, title=title, content=content, key=key
        )

    async def tell(self, person: str, text: str) -> None:
        """Say something to one person."""
        await self._messenger.tell(person, text)

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        return await self._messenger.permalink(channel, ts)


def _place(message: Message) -> str:
    """By channel and thread, too: a thread that begins anew gets its replies anew."""
    return f"{keys.POSTED}:{message.channel}:{message.thread_ts or ''}:{message.key}"
