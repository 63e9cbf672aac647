"""Tasks to decide about: taken by one worker at a time, and again when that worker is lost."""

from datetime import UTC, datetime, timedelta

from jobs.queue import keys
from jobs.queue.connection import Connection

PATIENCE = timedelta(seconds=10)
"""How long one look may take before another worker looks."""

_TAKE = """
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, one in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], one) end
return due
"""

# news that came meanwhile has changed the score: then the task is looked at again
_DONE = """
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
"""


_STIR = """
for _, one in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('ZADD', KEYS[2], 0, one) end
return 1
"""


async def take(connection: Connection, now: datetime, limit: int) -> tuple[tuple[str, ...], int]:
    """Ids of the tasks that are due, and the mark under which they were taken."""
    mark = keys.micros(now + PATIENCE)
    due = await connection.call("EVAL", _TAKE, 1, keys.LOOK, keys.micros(now), mark, limit)
    return tuple(one.decode() for one in due), mark


async def done(connection: Connection, task_id: str, mark: int, *, again: datetime | None) -> None:
    """The decision is made; the next look is at `again`, or when there is news."""
    await connection.call("EVAL", _DONE, 1, keys.LOOK, task_id, mark, keys.micros(again) if again else "")


async def next_look(connection: Connection) -> datetime | None:
    """When the next task is due."""
    first = await connection.call("ZRANGE", keys.LOOK, 0, 0, "WITHSCORES")
    return datetime.fromtimestamp(float(first[1]) / 1_000_000, UTC) if first else None


async def again(connection: Connection, task_id: str) -> None:
    """Decide about this task once more, as something changed under the decision."""
    await connection.call("ZADD", keys.LOOK, 0, task_id)


async def stir(connection: Connection, name: str) -> None:
    """Something happened to what has this name: decide anew about all that wait for it."""
    await connection.call("EVAL", _STIR, 2, keys.awaited(name), keys.LOOK)
    await connection.call("PUBLISH", keys.WAKE, name)
