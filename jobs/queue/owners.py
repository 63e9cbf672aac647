"""What a message is about: the repositories of its task or batch, and if they belong to a channel."""

import re

from jobs.queue import batches
from jobs.queue.store import Store
from jobs.settings import OperatorFile

MOST = 10_000
"""Tasks and batches whose repositories are remembered: they never change."""

_OWNER = re.compile(r"c[gb]-[0-9a-z]+")


class Owners:
    """Knows by a message's key what it is about."""

    def __init__(self, store: Store, operator: OperatorFile) -> None:
        self._store = store
        self._operator = operator
        self._known: dict[str, tuple[str, ...]] = {}

    async def stranger(self, key: str, channel: str) -> str:
        """A repository that the message is about and that is not the channel's; empty when there is none."""
        own = self._operator.repositories
        for path in await self._repositories(key):
            if path not in own or channel not in own[path].channels:
                return path
        return ""

    async def _repositories(self, key: str) -> tuple[str, ...]:
        found = _OWNER.match(key)
        if found is None:
            return ()  # a morning: made of what belongs to its channel
        if found[0] not in self._known:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[found[0]] = await self._looked_up(found[0])
        return self._known[found[0]]

    async def _looked_up(self, owner: str) -> tuple[str, ...]:
        ids: tuple[str, ...] = (owner,)
        if owner.startswith("cb-"):
            batch = await batches.get(self._store.connection, owner)
            ids = batch.tasks if batch else ()
        tasks = [await self._store.get(one) for one in ids]
        return tuple(dict.fromkeys(one.spec.repository for one in tasks if one))
