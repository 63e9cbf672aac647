"""Requests that are being worked on, so that a stop can wait for them."""

import asyncio
from functools import wraps

from bot.listeners import Listener


class InFlight:
    """The listeners that are running."""

    def __init__(self) -> None:
        self._running: set[asyncio.Future[None]] = set()

    def tracked(self, listener: Listener) -> Listener:
        """The same listener, known while it runs."""

        @wraps(listener)
        async def run(**arguments: object) -> None:
            running = asyncio.ensure_future(listener(**arguments))
            self._running.add(running)
            try:
                await running
            finally:
                self._running.discard(running)

        return run

    async def drain(self, seconds: float) -> int:
        """Wait for what is running, at most some seconds; returns how many were left."""
        if not self._running:
            return 0
        _, left = await asyncio.wait(self._running, timeout=seconds)
        return len(left)
