"""Faults of one step of an endless loop, so that the loop goes on."""

import asyncio
from collections.abc import Coroutine


async def fault_of(step: Coroutine[None, None, None]) -> BaseException | None:
    """Carry out one step of an endless loop and return its fault, which does not end the loop."""
    task = asyncio.create_task(step)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    return None if task.cancelled() else task.exception()
