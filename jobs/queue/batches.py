"""Batches: all their tasks are created or none, and what is to be said of them is known."""

import secrets
from collections.abc import Sequence

from jobs.domain.batch import Batch
from jobs.domain.task import Task
from jobs.queue import keys
from jobs.queue.commit import command
from jobs.queue.connection import Connection, Word
from jobs.queue.store import Store
from jobs.queue.write import Write

_SAID = """
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(score) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 1
"""


def key(batch_id: str) -> str:
    """Hash: a batch and where it is talked about."""
    return f"cg:batch:{batch_id}"


async def create(store: Store, batch: Batch, tasks: Sequence[Task]) -> tuple[Batch, bool]:
    """Create a batch with all its tasks in one transaction; the same batch again changes nothing.

    The tasks' ids follow from the batch's, so each of them exists exactly when the batch does.
    """
    found = await get(store.connection, batch.id)
    if found is not None:
        return found, False
    commands: list[Sequence[Word]] = [("HSETNX", key(batch.id), "doc", batch.model_dump_json())]
    commands += [command(Write(old=None, task=task), mark=secrets.token_hex(8)) for task in tasks]
    if batch.channel:
        commands.append(("ZADD", keys.BATCHES_UNSAID, keys.micros(batch.created_at), batch.id))
    fresh, *_ = await store.connection.atomically(commands)
    return (await get(store.connection, batch.id)) or batch, bool(fresh)


async def get(connection: Connection, batch_id: str) -> Batch | None:
    """The batch, or None."""
    document, ts = await connection.call("HMGET", key(batch_id), "doc", "ts")
    if document is None:
        return None
    batch = Batch.model_validate_json(document)
    return batch.model_copy(update={"ts": ts.decode()}) if ts else batch


async def tasks_of(store: Store, batch: Batch) -> tuple[Task, ...]:
    """Its tasks as they are now, in the order of the document."""
    found = [await store.get(one) for one in batch.tasks]
    return tuple(one for one in found if one is not None)


async def posted(connection: Connection, batch_id: str, ts: str) -> None:
    """Remember where the head message stands."""
    await connection.call("HSET", key(batch_id), "ts", ts)


async def unsaid(connection: Connection) -> tuple[tuple[str, int], ...]:
    """Batches with news, and as of when."""
    rows = await connection.call("ZRANGE", keys.BATCHES_UNSAID, 0, -1, "WITHSCORES")
    return tuple((rows[at].decode(), int(float(rows[at + 1]))) for at in range(0, len(rows), 2))


async def said(connection: Connection, batch_id: str, score: int) -> None:
    """The message shows everything up to then; later news stay to be said."""
    await connection.call("EVAL", _SAID, 1, keys.BATCHES_UNSAID, batch_id, score)
