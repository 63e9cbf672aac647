"""Starting what may start: woken by news, and by time exactly when a moment of the backlog has come."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from jobs.queue.backlog import AT_ONCE, Backlog

LONGEST = 60.0
"""Seconds after which to look even without news: a clock may be set, a machine may sleep."""

SOONEST = 0.01
"""Seconds between two looks when a moment has come already and another worker is at it."""


class Tending:
    """One worker's part in the backlog."""

    def __init__(self, backlog: Backlog, fill: Callable[[], Awaitable[None]]) -> None:
        self._backlog = backlog
        self._fill = fill
        self.wake = asyncio.Event()

    async def turn(self) -> None:
        """Start what may start, decide about what is due, then wait for news or the next moment."""
        self.wake.clear()
        # first what stands in line: the way from a submit to its start is the one that people feel
        await self._fill()
        looked = AT_ONCE
        while looked == AT_ONCE:
            looked = await self._backlog.look()
            if looked:
                await self._fill()
        moment = await self._backlog.next_moment()
        seconds = (moment - datetime.now(UTC)).total_seconds() if moment else LONGEST
        try:
            async with asyncio.timeout(min(max(seconds, SOONEST), LONGEST)):
                await self.wake.wait()
        except TimeoutError:
            pass
