"""Errands on their way to a worker and back; all of it expires."""

import asyncio

from jobs.domain.errand import Errand, Fetched
from jobs.queue import keys
from jobs.queue.connection import Connection

KEPT_FOR = 600
"""Seconds an errand or its answer is kept."""

_STEP = 5
"""Seconds one look for an answer lasts: below the time after which a silent server counts as gone."""


async def send(connection: Connection, errand: Errand) -> None:
    """Put an errand before the workers."""
    await connection.many(
        [
            ("RPUSH", keys.ERRANDS, errand.model_dump_json()),
            ("EXPIRE", keys.ERRANDS, KEPT_FOR),
            ("PUBLISH", keys.WAKE, keys.ERRANDS),
        ]
    )


async def take(connection: Connection) -> Errand | None:
    """The oldest errand, for this worker alone; None when there is none."""
    document = await connection.call("LPOP", keys.ERRANDS)
    return Errand.model_validate_json(document) if document else None


async def answer(connection: Connection, errand_id: str, fetched: Fetched) -> None:
    """Give the answer to whoever waits for it."""
    key = keys.errand(errand_id)
    await connection.many([("RPUSH", key, fetched.model_dump_json()), ("EXPIRE", key, KEPT_FOR)])


async def wait(connection: Connection, errand_id: str, *, seconds: float) -> Fetched | None:
    """The answer, or None when none came within these seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (left := deadline - asyncio.get_running_loop().time()) > 0:
        found = await connection.call("BLPOP", keys.errand(errand_id), min(left, _STEP))
        if found:
            return Fetched.model_validate_json(found[1])
    return None
