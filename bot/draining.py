"""Requests that are being worked on, so that a stop can wait for them."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

Answer = TypeVar("Answer")


class InFlight:
    """How many listeners are running, the error handler after one that failed included."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()

    def tracked(self, listener: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
        """The same function, counted while it runs; Bolt still sees its arguments."""

        @wraps(listener)
        async def run(**arguments: object) -> Answer:
            self._count += 1
            self._idle.clear()
            try:
                return await listener(**arguments)
            finally:
                self._count -= 1
                if not self._count:
                    self._idle.set()

        return run

    async def drain(self, seconds: float) -> int:
        """Wait until nothing runs any more, at most some seconds; returns how many were left."""
        try:
            async with asyncio.timeout(seconds):
                while self._count:  # a listener that failed is followed by the error handler
                    await self._idle.wait()
        except TimeoutError:
            return self._count
        return 0
