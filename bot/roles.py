"""The operator's file with the present members of its user groups, for each request."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from jobs.queue.connection import TROUBLE
from jobs.settings import OperatorFile

FRESH = 30.0
"""Seconds for which members are not asked for again."""
AGAIN = 3.0
"""Seconds until the next try when the store did not answer."""
WAIT = 0.5
"""Seconds to wait for the store: Slack's own three begin before this."""

_log = logging.getLogger(__name__)


class Roles:
    """Who has which role now; while the store does not answer, who had it last."""

    def __init__(
        self,
        operator: OperatorFile,
        read: Callable[[], Awaitable[Mapping[str, tuple[str, ...]]]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = operator
        self._read = read
        self._clock = clock
        self._resolved = operator
        self._until = 0.0

    async def now(self) -> OperatorFile:
        """The file with its groups' members."""
        if self._file.groups and self._clock() >= self._until:
            fresh = FRESH
            try:
                async with asyncio.timeout(WAIT):
                    self._resolved = self._file.with_groups(await self._read())
            except (*TROUBLE, TimeoutError) as error:
                fresh = AGAIN
                _log.warning("the members of user groups stay as they were: %s", type(error).__name__)
            self._until = self._clock() + fresh
        return self._resolved
