"""Which tasks' threads lag behind the store."""

from datetime import datetime

from jobs.domain.task import Task
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.listing import claimed, ids

_SAID = """
local moved = tonumber(redis.call('HGET', KEYS[1], 'moved') or '0')
if moved <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[2], ARGV[2]) end
return 1
"""


async def said(connection: Connection, task: Task) -> None:
    """The thread shows this version of the task; a later change of state stays to be said."""
    names = (keys.task(task.id), keys.UNSAID)
    await connection.call("EVAL", _SAID, 2, *names, keys.micros(task.updated_at), task.id)


async def stale(connection: Connection, task: Task) -> None:
    """The thread does not show the task any more: somebody says it again at the next look."""
    await connection.call("ZADD", keys.UNSAID, keys.micros(task.updated_at), task.id)


async def overdue(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Ids of the tasks whose state should have been said by now."""
    return await ids(connection, keys.UNSAID, until=keys.micros(now))


async def mine_to_say(connection: Connection, task_id: str, *, now: datetime, until: datetime) -> bool:
    """Whether an overdue task is ours to be said until this moment."""
    return await claimed(connection, keys.UNSAID, task_id, now=now, until=until)


async def say_again(connection: Connection, task_id: str, at: datetime) -> None:
    """It could not be said: the next try is at this moment."""
    await connection.call("ZADD", keys.UNSAID, "XX", keys.micros(at), task_id)
