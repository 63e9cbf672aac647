"""Going on through an outage of Redis, however long."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobs.queue.connection import OUTAGE

T = TypeVar("T")

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 2.0
"""Seconds between two tries at the most."""


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """What `call` gives, tried again for as long as Redis cannot be reached."""
    pause = 0.1
    while True:
        try:
            return await call()
        except OUTAGE as error:
            logger.warning("redis cannot be reached, trying again: %s", type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
