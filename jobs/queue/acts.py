"""Acts that were asked for: kept once per click, executed once by a worker."""

from jobs.domain.act import Act
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.indexes import ACT_KEPT

_PUT = """
if redis.call('HSETNX', KEYS[1], 'doc', ARGV[1]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
"""


async def put(connection: Connection, act: Act) -> bool:
    """Keep an act; False when one with this id is kept already."""
    names = (keys.act(act.id), keys.PENDING)
    words = (act.model_dump_json(), keys.micros(act.at), act.id)
    return bool(await connection.call("EVAL", _PUT, len(names), *names, *words) == 1)


async def get(connection: Connection, act_id: str) -> Act | None:
    """An act that was kept, executed or not."""
    document = await connection.call("HGET", keys.act(act_id), "doc")
    return Act.model_validate_json(document) if document else None


async def outcome(connection: Connection, act_id: str) -> str | None:
    """What came of an act, as the kind of its event; None while it is pending."""
    kind = await connection.call("HGET", keys.act(act_id), "outcome")
    return kind.decode() if kind else None


async def drop(connection: Connection, act_id: str, reason: str) -> None:
    """Close an act that belongs to no task."""
    await connection.many(
        [
            ("HSET", keys.act(act_id), "outcome", reason),
            ("EXPIRE", keys.act(act_id), ACT_KEPT),
            ("ZREM", keys.PENDING, act_id),
        ]
    )
