"""News of every change, for whoever shows tasks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from jobs.domain.base_model import Frozen
from jobs.domain.run import RunState
from jobs.domain.task import TaskState
from jobs.queue import keys
from jobs.queue.connection import OUTAGE, Connection, Subscription

_AGAIN = 0.2


class Change(Frozen):
    """One write; without a task: news were missed during an outage."""

    task: str | None = None
    """Task id."""
    state: TaskState | None = None
    """Where the task is now."""
    run: RunState | None = None
    """Where its run is now."""
    requester: str | None = None
    """Who asked for it."""
    channel: str | None = None
    """Where it is talked about."""


@asynccontextmanager
async def changes(connection: Connection) -> AsyncIterator[AsyncIterator[Change]]:
    """Every change from the moment the block begins; it outlives any outage of Redis."""
    async with connection.subscribed(keys.CHANGES) as first:
        news = _endless(connection, first)
        try:
            yield news
        finally:
            await news.aclose()


async def _endless(connection: Connection, first: Subscription) -> AsyncGenerator[Change, None]:
    try:
        async for change in _read(first):
            yield change
    except OUTAGE:
        pass
    while True:
        try:
            async with connection.subscribed(keys.CHANGES) as subscription:
                yield Change()
                async for change in _read(subscription):
                    yield change
        except OUTAGE:
            await asyncio.sleep(_AGAIN)


async def _read(subscription: Subscription) -> AsyncGenerator[Change, None]:
    while True:
        message = await subscription.next(seconds=5.0)
        if message:
            yield Change.model_validate_json(message[1])
