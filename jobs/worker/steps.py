"""What a worker does again and again, for as long as it lives."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence

from jobs.queue.connection import OUTAGE
from jobs.worker.fault import fault_of

logger = logging.getLogger(__name__)


async def repeated(
    step: Callable[[], Coroutine[None, None, None]], *, every: float, stop: asyncio.Event
) -> None:
    """Take the step every so many seconds until `stop` is set, whatever it raises."""
    last: type[BaseException] | None = None
    while not stop.is_set():
        fault = await fault_of(step())
        if isinstance(fault, OUTAGE):
            # once per outage: it may last for hours
            if type(fault) is not last:
                logger.warning("redis cannot be reached: %s", type(fault).__name__)
        elif fault is not None:
            logger.error("a step of the worker failed", exc_info=fault)
        last = type(fault) if fault is not None else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(every, 0.5) if fault is not None else every):
                await stop.wait()


async def ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Cancel them and wait until they are gone."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
