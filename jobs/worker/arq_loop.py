"""arq's worker, driven by us: woken by pub/sub, never picking more than fits, rebuilt after any fault.

What is touched of arq beyond its documents is `_poll_iteration`, `max_jobs`, `allow_pick_jobs` and
`in_progress_timeout_s`; tests/worker/test_arq_loop.py holds each to what is expected of it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from arq.worker import Function, Worker, func

from jobs.queue.submit import ACTS, Queue, decode, encode, runs_queue
from jobs.worker.fault import fault_of

logger = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between two looks at the queue when nothing wakes us."""

READ_LIMIT = 5000
"""Ids read in one look; arq's default starves once as many jobs run as it reads."""

HANDOVER = 5.0
"""Seconds one hand-over of an id may take; a run itself is no arq job, so no timeout of arq's touches it."""

MAX_TRIES = 1_000_000
"""Trying again is decided by the store, never by arq's counter."""

Handler = Callable[[str], Awaitable[None]]
"""Takes a task's or an act's id."""


class ArqLoop:
    """The queues of one process: acts, and runs for each toolchain it has."""

    def __init__(
        self,
        queue: Queue,
        *,
        take: Handler,
        act: Handler,
        free: Callable[[], int],
        toolchains: Sequence[str] = (),
    ) -> None:
        self._queue = queue
        self._take = take
        self._act = act
        self._free = free
        self._queues = [runs_queue(one) for one in ("", *toolchains)]
        self.wake = asyncio.Event()
        self._runs, self._acts = self._built()

    async def turn(self) -> None:
        """Wait for a wake or the poll delay, then look at both queues once."""
        try:
            async with asyncio.timeout(POLL):
                await self.wake.wait()
        except TimeoutError:
            pass
        self.wake.clear()
        fault = await fault_of(self._look())
        if fault is not None:
            logger.warning("looking at the queue failed, arq is set up anew: %s", fault)
            await self._discard()
            self._runs, self._acts = self._built()
            await asyncio.sleep(POLL)

    async def close(self) -> None:
        """Pick nothing more and wait for hand-overs under way."""
        await self._discard()

    async def _look(self) -> None:
        # acts first: a full worker must still hear a cancel
        await self._acts._poll_iteration()
        for runs in self._runs:
            free = self._free()
            runs.max_jobs, runs.allow_pick_jobs = free, free > 0
            await runs._poll_iteration()

    async def _discard(self) -> None:
        under_way = [task for one in (*self._runs, self._acts) for task in one.tasks.values()]
        if under_way:
            await asyncio.wait(under_way, timeout=HANDOVER)
        await asyncio.gather(*(_ended(task) for task in under_way))

    def _built(self) -> tuple[list[Worker], Worker]:
        async def run_task(ctx: dict[str, Any], task_id: str) -> None:
            await self._take(task_id)

        async def run_act(ctx: dict[str, Any], act_id: str) -> None:
            await self._act(act_id)

        runs = func(run_task, name="run_task", max_tries=MAX_TRIES)
        acts = func(run_act, name="run_act", max_tries=MAX_TRIES)
        limit = max(self._free(), 64)
        return [self._worker(one, runs, limit) for one in self._queues], self._worker(ACTS, acts, 16)

    def _worker(self, name: str, function: Function, limit: int) -> Worker:
        worker = Worker(
            functions=[function],
            queue_name=name,
            redis_pool=self._queue.arq,
            handle_signals=False,
            max_jobs=limit,
            job_timeout=HANDOVER,
            keep_result=0,
            queue_read_limit=READ_LIMIT,
            max_tries=MAX_TRIES,
            job_serializer=encode,
            job_deserializer=decode,
        )
        # arq takes a dead worker's envelope up again after this long: a hand-over is done long before
        worker.in_progress_timeout_s = HANDOVER + 1
        return worker


async def _ended(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
