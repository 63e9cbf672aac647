"""What is not a task: the catalogue that pickers read, taken deliveries, workers that are up."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter

from jobs.domain.review import Repository
from jobs.queue import keys
from jobs.queue.connection import Connection

SEEN_FOR = 24 * 3600
"""Seconds a delivery is remembered; Slack repeats one for about an hour."""

WORKER_LIVES = 15.0
"""Seconds after which a silent worker no longer counts as up."""

_CATALOGUE = TypeAdapter(tuple[Repository, ...])
_ENGINES = TypeAdapter(tuple[str, ...])


async def publish_catalogue(connection: Connection, repositories: Sequence[Repository]) -> None:
    """Replace what pickers show."""
    await connection.call("SET", keys.CATALOGUE, _CATALOGUE.dump_json(tuple(repositories)))


async def catalogue(connection: Connection) -> tuple[Repository, ...]:
    """What pickers show; empty until a worker has published it."""
    document = await connection.call("GET", keys.CATALOGUE)
    return _CATALOGUE.validate_json(document) if document else ()


async def publish_engines(connection: Connection, names: Sequence[str]) -> None:
    """Replace what forms offer: engines that answer, the ordinary one first."""
    await connection.call("SET", keys.ENGINES, _ENGINES.dump_json(tuple(names)))


async def engines(connection: Connection) -> tuple[str, ...]:
    """What forms offer; empty where there is no choice."""
    document = await connection.call("GET", keys.ENGINES)
    return _ENGINES.validate_json(document) if document else ()


async def seen(connection: Connection, event_id: str) -> bool:
    """Take a delivery; True when it was taken before."""
    return await connection.call("SET", keys.seen(event_id), "1", "NX", "EX", SEEN_FOR) is None


async def sign_in(connection: Connection, worker: str, at: datetime) -> None:
    """A worker is up at this moment."""
    oldest = keys.micros(at) - round(WORKER_LIVES * 1_000_000)
    await connection.many(
        [("ZADD", keys.WORKERS, keys.micros(at), worker), ("ZREMRANGEBYSCORE", keys.WORKERS, "-inf", oldest)]
    )


async def sign_out(connection: Connection, worker: str) -> None:
    """A worker goes."""
    await connection.call("ZREM", keys.WORKERS, worker)


async def workers(connection: Connection, at: datetime) -> tuple[str, ...]:
    """Names of the workers heard of lately."""
    oldest = keys.micros(at) - round(WORKER_LIVES * 1_000_000)
    names = await connection.call("ZRANGE", keys.WORKERS, oldest, "+inf", "BYSCORE")
    return tuple(name.decode() for name in names)
