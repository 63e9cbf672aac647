"""Pages through an index of tasks, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jobs.domain.task import Task, TaskState
from jobs.queue import keys
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


@dataclass(frozen=True)
class Wanted:
    """Which tasks are asked for, by everything that is given."""

    states: frozenset[TaskState] = frozenset()
    """In one of these states; empty for any."""
    requester: str | None = None
    """Asked for by this person."""
    channel: str | None = None
    """Talked about there."""

    @property
    def indexes(self) -> list[str]:
        """The indexes that hold them, among others."""
        if self.requester:
            return [keys.by_requester(self.requester)]
        if self.channel:
            return [keys.by_channel(self.channel)]
        return [keys.by_state(state) for state in sorted(self.states)] or [keys.ALL]

    def has(self, task: Task) -> bool:
        """True for a task that is asked for, found in one of the indexes."""
        at = task.thread.channel if task.thread else None
        return (not self.states or task.state in self.states) and self.channel in (None, at)


async def newest_of(connection: Connection, wanted: Wanted, *, limit: int, reads: int) -> tuple[Task, ...]:
    """The newest wanted tasks first, without their patches."""
    pages = [await _newest(connection, one, wanted.has, limit=limit, reads=reads) for one in wanted.indexes]
    found = [task for page in pages for task in page]
    return tuple(sorted(found, key=lambda task: task.created_at, reverse=True)[:limit])


async def _newest(
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
    words = (one, keys.micros(now), keys.micros(until))
    return bool(await connection.call("EVAL", _CLAIM, 1, index, *words) == 1)
