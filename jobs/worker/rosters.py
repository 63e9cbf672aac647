"""Publishing who belongs to the user groups that have a role; without an answer the last list stays."""

import asyncio
import logging

from jobs.errors import Stop, Transient
from jobs.ports import Directory
from jobs.queue import roster
from jobs.queue.store import Store
from jobs.settings import OperatorFile

logger = logging.getLogger(__name__)

EVERY = 120.0
"""Seconds between two publications: so long somebody who left a group keeps its role."""
AGAIN = 20.0
"""Seconds until the next try when Slack does not answer."""


class RosterDesk:
    """Publishes the members of groups now and then."""

    def __init__(self, store: Store, directory: Directory, operator: OperatorFile) -> None:
        self._store = store
        self._directory = directory
        self._groups = operator.groups

    async def turn(self) -> None:
        """Publish, then wait until it is time again."""
        await asyncio.sleep(EVERY if await self.publish() else AGAIN)

    async def publish(self) -> bool:
        """Publish what is so now; False when Slack did not answer."""
        if not self._groups:
            return True
        try:
            found = await self._directory.groups(self._groups)
        except (Stop, Transient) as error:
            logger.warning("user groups cannot be read, their last known members keep their roles: %s", error)
            return False
        await roster.publish(self._store.connection, found)
        for missing in sorted(self._groups - set(found)):
            logger.warning(
                "the user group %s of codegen.toml is not in this Slack: it has no members", missing
            )
        return True
