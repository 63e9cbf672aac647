"""Pages through an index of tasks, newest first."""

from collections.abc import Callable, Sequence
from datetime import datetime

from jobs.domain.task import Task, TaskState
from jobs.queue import keys
from jobs.queue.commit import micros
from jobs.queue.connection import Connection
from jobs.queue.record import unpack

_PAGE = 100
FIELDS = ("schema", "doc", "rev", "epoch", "owner", "takeovers", "events", "head")
"""Fields of a record that a list needs: everything but the patch."""

_CLAIM = """
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) > tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""


def indexes_of(states: Sequence[TaskState], *, requester: str | None, channel: str | None) -> tuple[str, ...]:
    """The indexes that hold what is asked for: a person's, a channel's, of these states, or of everything."""
    if requester:
        return (keys.by_requester(requester),)
    if channel:
        return (keys.by_channel(channel),)
    return tuple(keys.by_state(state) for state in states) or (keys.ALL,)


async def newest(
    connection: Connection, index: str, wanted: Callable[[Task], bool], *, limit: int, reads: int
) -> tuple[Task, ...]:
    """At most `limit` wanted tasks of an index that this version can read, without their patches."""
    found: list[Task] = []
    start = 0
    while len(found) < limit:
        page = await connection.call("ZRANGE", index, start, start + _PAGE - 1, "REV")
        if not page:
            break
        start += _PAGE
        rows = await connection.many([("HMGET", keys.task(one.decode()), *FIELDS) for one in page])
        for task_id, row in zip(page, rows, strict=True):
            fields = dict(zip((name.encode() for name in FIELDS), row, strict=True))
            if int(fields[b"schema"]) <= reads:
                found += [one for one in (unpack(task_id.decode(), fields, reads=reads).task,) if wanted(one)]
    return tuple(found[:limit])


async def ids(
    connection: Connection, index: str, *, until: int | None = None, limit: int = -1
) -> tuple[str, ...]:
    """The ids of an index with a score up to `until`, lowest first; all of them, or the first few."""
    highest = "+inf" if until is None else until
    members = await connection.call("ZRANGE", index, "-inf", highest, "BYSCORE", "LIMIT", 0, limit)
    return tuple(member.decode() for member in members)


async def claimed(connection: Connection, index: str, one: str, *, now: datetime, until: datetime) -> bool:
    """Whether an id that is due is ours until that moment: of several who read the same list, one goes on."""
    words = (one, micros(now), micros(until))
    return bool(await connection.call("EVAL", _CLAIM, 1, index, *words) == 1)
