"""Tasks as they were last read, so that only what changed since is read and unpacked again."""

from collections import OrderedDict
from collections.abc import Sequence

from jobs.domain.task import Task
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.listing import FIELDS
from jobs.queue.record import SCHEMA, unpack

MOST = 2000
"""Tasks that are kept; the longest unused goes first."""

PAGE = 20
"""Records that are unpacked in one go: whoever else waits in this process is held up no longer."""


class Shelf:
    """One process's copy of the tasks it shows again and again, without their patches."""

    def __init__(self, connection: Connection, *, reads: int = SCHEMA, most: int = MOST) -> None:
        """`reads`: the newest version of records that is understood; newer ones are left out."""
        self._connection = connection
        self._reads = reads
        self._most = most
        self._kept: OrderedDict[str, tuple[int, Task]] = OrderedDict()
        self.unpacked = 0
        """Records unpacked so far."""

    async def newest(self, index: str, *, limit: int) -> tuple[Task, ...]:
        """The newest tasks of an index."""
        found = await self._connection.call("ZRANGE", index, 0, limit - 1, "REV")
        return await self.these([one.decode() for one in found])

    async def size(self, index: str) -> int:
        """How many tasks an index has."""
        return int(await self._connection.call("ZCARD", index))

    async def these(self, ids: Sequence[str]) -> tuple[Task, ...]:
        """The tasks of these ids as they are now; unknown ones are left out."""
        rows = await self._connection.many([("HMGET", keys.task(one), "schema", "rev") for one in ids])
        known = {
            one: int(rev)
            for one, (schema, rev) in zip(ids, rows, strict=True)
            if schema is not None and int(schema) <= self._reads
        }
        changed = [one for one, rev in known.items() if self._kept.get(one, (0, None))[0] != rev]
        for start in range(0, len(changed), PAGE):
            await self._read(changed[start : start + PAGE])
        found = [self._kept[one][1] for one in known if one in self._kept]
        for task in found:
            self._kept.move_to_end(task.id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return tuple(found)

    async def _read(self, ids: Sequence[str]) -> None:
        rows = await self._connection.many([("HMGET", keys.task(one), *FIELDS) for one in ids])
        for one, row in zip(ids, rows, strict=True):
            fields = dict(zip((name.encode() for name in FIELDS), row, strict=True))
            if fields[b"schema"] is not None and int(fields[b"schema"]) <= self._reads:
                stored = unpack(one, fields, reads=self._reads)
                self._kept[one] = (stored.rev, stored.task)
                self.unpacked += 1
