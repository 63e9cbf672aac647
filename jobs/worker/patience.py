"""Going on through an outage of Redis, and through faults of one step of a loop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from jobs.queue.connection import OUTAGE

T = TypeVar("T")

logger = logging.getLogger(__name__)
_LONGEST = 2.0


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """What `call` gives, tried again for as long as Redis cannot be reached."""
    pause = 0.1
    while True:
        try:
            return await call()
        except OUTAGE as error:
            logger.warning("redis cannot be reached, trying again: %s", type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST)


async def fault_of(step: Coroutine[None, None, None]) -> BaseException | None:
    """Carry out one step of an endless loop and return its fault, so that the loop goes on."""
    task = asyncio.create_task(step)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    return None if task.cancelled() else task.exception()
