"""One typed door to Redis; everything above speaks commands and gets plain replies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar, cast

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from jobs.errors import Stop, StopKind

T = TypeVar("T")

Word = bytes | str | int | float
"""One argument of a command."""

OUTAGE = (RedisConnectionError, RedisTimeoutError, OSError)
"""Redis cannot be reached right now; the same call may succeed later."""

TROUBLE = (RedisError, OSError)
"""Anything Redis or the way to it can raise."""

SOCKET_TIMEOUT = 10.0
"""Seconds after which a frozen server counts as unreachable."""


class Subscription(Protocol):
    """Messages of the channels that were subscribed to."""

    async def next(self, seconds: float) -> tuple[str, bytes] | None:
        """The next message as (channel, data), or None after `seconds` without one."""


class Connection:
    """A pool of connections to one Redis."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool
        self._client = cast(_Client, Redis(connection_pool=pool))

    async def call(self, *words: Word) -> Any:
        """Run one command; replies are as redis-py gives them, strings as bytes."""
        return await _heeding(self._client.execute_command(*words))

    async def many(self, commands: Sequence[Sequence[Word]]) -> list[Any]:
        """Run commands in one round trip, not as a transaction."""
        if not commands:
            return []
        async with self._client.pipeline(transaction=False) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            replies: list[Any] = await _heeding(pipe.execute())
        return replies

    async def atomically(self, commands: Sequence[Sequence[Word]]) -> list[Any]:
        """Run commands as one transaction: all of them or, when the connection is lost, none."""
        async with self._client.pipeline(transaction=True) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            replies: list[Any] = await _heeding(pipe.execute())
        return replies

    @asynccontextmanager
    async def subscribed(self, *channels: str) -> AsyncIterator[Subscription]:
        """A subscription that is in force when the block begins."""
        pubsub = self._client.pubsub()
        try:
            await _heeding(pubsub.subscribe(*channels))
            pending = set(channels)
            while pending:
                reply = await _heeding(pubsub.get_message(timeout=SOCKET_TIMEOUT))
                if reply is None:
                    raise RedisTimeoutError("no answer to SUBSCRIBE")
                pending.discard(reply["channel"].decode())
            yield _Messages(pubsub)
        finally:
            await pubsub.aclose()

    async def close(self) -> None:
        """Close every connection."""
        await self.pool.aclose()


def open_connection(url: str) -> Connection:
    """A connection for `redis://`, `rediss://` (TLS) or `unix://`; raises Stop for any other address."""
    try:
        pool = ConnectionPool.from_url(
            url,
            socket_connect_timeout=2.0,
            socket_timeout=SOCKET_TIMEOUT,
            health_check_interval=15,
            retry=Retry(ExponentialBackoff(cap=0.3, base=0.05), retries=2),
            retry_on_error=[RedisConnectionError, RedisTimeoutError],
        )
    except ValueError:
        remedy = "Set it to redis://, rediss:// or unix:// and the server's address."
        reason = "REDIS_URL is not an address of a Redis server."
        raise Stop(reason, remedy=remedy, kind=StopKind.INPUT) from None
    return Connection(pool)


async def reach(connection: Connection) -> None:
    """Raise Stop with a sentence for the operator when Redis does not answer."""
    try:
        await knock(connection)
    except TROUBLE as error:
        reason = f"Redis does not answer ({type(error).__name__})."
        raise Stop(reason, remedy="Check REDIS_URL and that the server is up.") from None


async def knock(connection: Connection) -> None:
    """Raise Stop when Redis refuses us for good; an outage is raised as it is."""
    try:
        await connection.call("PING")
    except AuthenticationError:
        raise Stop("Redis refused the password.", remedy="Check user and password in REDIS_URL.") from None


async def _heeding(call: Awaitable[T]) -> T:
    """What a call gives, unless the task was cancelled meanwhile.

    The client sends with `asyncio.wait_for`, which before Python 3.12 loses a cancellation that comes in the
    moment in which it is done, see https://github.com/python/cpython/issues/86296.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    reply = await call
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
    return reply


class _Messages:
    def __init__(self, pubsub: "_PubSub") -> None:
        self._pubsub = pubsub

    async def next(self, seconds: float) -> tuple[str, bytes] | None:
        waiting = self._pubsub.get_message(ignore_subscribe_messages=True, timeout=seconds)
        reply = await _heeding(waiting)
        return (reply["channel"].decode(), reply["data"]) if reply else None


class _Pipeline(Protocol):
    async def __aenter__(self) -> "_Pipeline": ...
    async def __aexit__(self, *error: object) -> None: ...
    def execute_command(self, *words: Word) -> object: ...
    async def execute(self) -> list[Any]: ...


class _PubSub(Protocol):
    async def subscribe(self, *channels: str) -> None: ...
    def get_message(
        self, ignore_subscribe_messages: bool = False, timeout: float = 0.0
    ) -> Awaitable[dict[str, Any] | None]: ...
    async def aclose(self) -> None: ...


class _Client(Protocol):
    async def execute_command(self, *words: Word) -> Any: ...
    def pipeline(self, transaction: bool = True) -> _Pipeline: ...
    def pubsub(self) -> _PubSub: ...
