"""Pages through an index of tasks, newest first."""

from collections.abc import Callable

from jobs.domain.task import Task
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.record import unpack

_PAGE = 100
FIELDS = ("schema", "doc", "rev", "epoch", "owner", "takeovers", "events", "head")
"""Fields of a record that a list needs: everything but the patch."""


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


async def ids(connection: Connection, index: str, *, until: int | None = None) -> tuple[str, ...]:
    """Every id of an index with a score up to `until`, lowest first."""
    limit = "+inf" if until is None else until
    members = await connection.call("ZRANGE", index, "-inf", limit, "BYSCORE")
    return tuple(member.decode() for member in members)
