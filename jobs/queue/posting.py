"""Posts under way: whoever dies between posting and remembering it leaves a mark to look at."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from jobs.ports import Message, Messenger
from jobs.queue import keys
from jobs.queue.commit import micros
from jobs.queue.connection import Connection
from jobs.queue.patience import patiently

LOOK_AFTER = timedelta(seconds=20)
"""How old a mark is before others look: the poster has done it by then, or is gone or frozen."""

GIVEN_UP = timedelta(minutes=15)
"""How old a mark becomes: a process frozen for longer is not waited for."""


async def mark(connection: Connection, message: Message) -> None:
    """A message is about to be posted."""
    await connection.call("ZADD", keys.POSTING, micros(datetime.now(UTC)), _line(message))


async def unmark(connection: Connection, message: Message) -> None:
    """It is posted and its place is remembered."""
    await connection.call("ZREM", keys.POSTING, _line(message))


async def tidy(connection: Connection, keep_one: Callable[[Message], Awaitable[object]]) -> None:
    """Look at every old mark: two messages with one key become one."""
    now = datetime.now(UTC)
    until = micros(now - LOOK_AFTER)
    old = await connection.call("ZRANGE", keys.POSTING, "-inf", until, "BYSCORE", "WITHSCORES")
    for line, since in zip(old[::2], old[1::2], strict=True):
        channel, thread_ts, key = json.loads(line)
        message = Message(channel=channel, thread_ts=thread_ts, text="", blocks=(), key=key)
        await keep_one(message)
        if float(since) < micros(now - GIVEN_UP):
            await connection.call("ZREM", keys.POSTING, line)


class MarkingMessenger:
    """A messenger that marks what it posts; implements ports.Messenger."""

    def __init__(self, messenger: Messenger, connection: Connection) -> None:
        self._messenger = messenger
        self._connection = connection

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update, or mark and post."""
        if ts is not None:
            return await self._messenger.put(message, ts=ts)
        await patiently(lambda: mark(self._connection, message))
        put = await self._messenger.put(message)
        await patiently(lambda: unmark(self._connection, message))
        return put

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key."""
        return await self._messenger.tidy(message)

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> None:
        """Put a file into the thread."""
        await self._messenger.upload(
            channel=channel, thread_ts=thread_ts, name=name, title=title, content=content, key=key
        )

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        return await self._messenger.permalink(channel, ts)


def _line(message: Message) -> str:
    return json.dumps([message.channel, message.thread_ts, message.key])
