"""The runs of this process, each under a lease that is renewed while it lives."""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.domain.answers import overtaken
from jobs.domain.operating import WorkerTable
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.errors import LostLease
from jobs.metrics import METRICS
from jobs.ports import Workshop
from jobs.queue import lease as leases
from jobs.queue.backlog import Backlog
from jobs.queue.connection import OUTAGE
from jobs.queue.fence import FencedMessenger
from jobs.queue.record import NewerRecord, Stored
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.queue.write import Lease, Terms
from jobs.worker.journal import RunJournal
from jobs.worker.ladder import LOST_OWNERS, Why, give_up, run_task
from jobs.worker.logs import about
from jobs.worker.moves import begun
from jobs.worker.speaker import Speaker, say

logger = logging.getLogger(__name__)

LAST_WORDS = 15.0
"""Seconds the summary of an ended run may take before it is left to reconcile."""


TAKES = 3
"""How often to try to take a task whose turn it is; one that is still held gets a later turn."""


@dataclass
class Running:
    """One run of this process."""

    lease: Lease
    """What makes it ours."""
    pipeline: "asyncio.Task[None]"
    """The ladder with the pipeline in it."""
    why: Why = Why.DRAIN
    """What an interruption means."""


class Runs:
    """At most `runs` runs at a time, taken from the store under leases."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        workshop: Workshop,
        *,
        backlog: Backlog,
        owner: str,
        settings: WorkerTable,
    ) -> None:
        self._store = store
        self._queue = queue
        self._workshop = workshop
        self._backlog = backlog
        self._door = asyncio.Lock()
        self._owner = owner
        self._settings = settings
        self._running: dict[str, Running] = {}
        self._caring: set[asyncio.Task[None]] = set()
        self._going = False
        """True: this worker goes and takes nothing over any more."""
        self._speaking = 0
        """Runs that have ended and only have something left to say: they hold up no other."""
        self.room = asyncio.Event()
        """Set whenever a run ends."""

    @property
    def free(self) -> int:
        """How many more runs may begin."""
        return self._settings.runs - (len(self._caring) - self._speaking)

    async def resume(self, task_id: str) -> bool:
        """Go on with a task whose owner was lost; False when it is not one."""
        try:
            task = await self._store.get(task_id)
        except NewerRecord:
            return True
        if task is None or task.state is not TaskState.RUNNING:
            return False
        await self._resume(task)
        return True

    async def adopt(self, task_id: str) -> bool:
        """Go on at once with a task whose owner was lost; False when that is for another worker to do."""
        try:
            task = await self._store.get(task_id)
        except NewerRecord:
            return False
        needs = task.plan.toolchain if task else None
        if task is None or task.state is not TaskState.RUNNING:
            return True
        if needs and needs not in self._settings.toolchains:
            return False
        return await self._resume(task)

    async def _resume(self, task: Task) -> bool:
        async with self._door:
            if self._going or self.free <= 0 or task.id in self._running:
                return False
            return await self._take(task.id, Terms())

    async def fill(self) -> None:
        """Start what the backlog lets start, while there is room here."""
        async with self._door:
            refused: Counter[str] = Counter()
            while self.free > 0:
                held = [one for one, times in refused.items() if times >= TAKES]
                try:
                    start = await self._backlog.next(self._settings.toolchains, but=held)
                except NewerRecord as newer:
                    logger.warning("nothing is started here any more: %s", newer)
                    return
                if start is None:
                    return
                if not await self._take(start.task, start.terms, known=start.stored):
                    refused[start.task] += 1

    async def _take(self, task_id: str, terms: Terms, *, known: Stored | None = None) -> bool:
        """Take the task and run it in the background; False when it is held or the terms broke."""
        taken = await self._store.take(
            task_id,
            lambda task: begun(task, datetime.now(UTC)),
            owner=self._owner,
            seconds=self._settings.lease_seconds,
            terms=terms,
            known=known,
        )
        if taken is None:
            return False
        task, lease, lost = taken
        if lost:
            METRICS.count("codegen_recoveries_total")
        with about(task):
            care = asyncio.create_task(self._care(task, lease, lost), name=task_id)
            care.add_done_callback(self._over)
        self._caring.add(care)
        return True

    async def renew(self) -> None:
        """Renew every lease; interrupt what is lost or cancelled."""
        mine = {task_id: one.lease for task_id, one in self._running.items()}
        seconds = self._settings.lease_seconds
        for lost in await leases.renew(self._store.connection, tuple(mine.values()), seconds=seconds):
            self._interrupt(lost.task, Why.LOST)
        for task_id in mine:
            try:
                task = await self._store.get(task_id)
            except NewerRecord:
                self._interrupt(task_id, Why.DRAIN)
                continue
            self._heed(task)

    async def hear(self, task_id: str) -> None:
        """A person cancelled or answered: interrupt the run, if it is one of ours."""
        if task_id in self._running:
            with contextlib.suppress(NewerRecord):
                self._heed(await self._store.get(task_id))

    def _heed(self, task: Task | None) -> None:
        if task is not None and task.cancel is not None:
            self._interrupt(task.id, Why.CANCEL)
        elif task is not None and overtaken(task):
            self._interrupt(task.id, Why.ANSWER)

    async def drain(self) -> None:
        """Let runs end within the grace period, then leave the rest to other workers; no try is lost."""
        self._going = True
        if self._caring:
            await asyncio.wait(self._caring, timeout=self._settings.grace_seconds)
        for task_id in tuple(self._running):
            self._interrupt(task_id, Why.DRAIN)
        if self._caring:
            # without Redis nothing can be given back: the leases run out by themselves
            await asyncio.wait(self._caring, timeout=LAST_WORDS + 5)

    def _interrupt(self, task_id: str, why: Why) -> None:
        one = self._running.get(task_id)
        if one is not None and not one.pipeline.cancelling():
            one.why = why
            one.pipeline.cancel()

    async def _care(self, task: Task, lease: Lease, lost: int) -> None:
        """Everything around a run that must happen however the pipeline is interrupted."""
        speaker = Speaker(lambda now: self._say(now, lease))
        speaker.tell(task, urgent=True)
        journal = RunJournal(self._store, lease, speaker, stage=task.run.state if task.run else None)
        if task.cancel is not None:
            climb = journal.end(RunState.CANCELLED)
        elif overtaken(task):
            climb = journal.give_way()
        elif lost > LOST_OWNERS:
            climb = give_up(journal)
        else:
            climb = self._climb(task, lease, journal)
        one = self._running[task.id] = Running(lease, asyncio.create_task(climb))
        await asyncio.wait({one.pipeline})
        self._speaking += 1
        self.room.set()
        try:
            await speaker.close(within=LAST_WORDS)
            await self._leave(lease)
        finally:
            # once the lease is released its next run may be at work here already
            if self._running.get(task.id) is one:
                del self._running[task.id]
            self._speaking -= 1
        if not one.pipeline.cancelled():
            one.pipeline.result()

    async def _climb(self, task: Task, lease: Lease, journal: RunJournal) -> None:
        def why() -> Why:
            return self._running[task.id].why

        await run_task(task, lease, self._workshop, journal=journal, store=self._store, why=why)

    async def _say(self, task: Task, lease: Lease) -> None:
        async def guard() -> None:
            await leases.check(self._store.connection, lease)

        messenger = FencedMessenger(self._workshop.messenger, guard)
        await say(task, store=self._store, announce=self._workshop.announce, messenger=messenger)

    async def _leave(self, lease: Lease) -> None:
        with contextlib.suppress(NewerRecord, *OUTAGE):
            if await leases.release(self._store.connection, lease):
                task = await self._store.get(lease.task)
                if task is not None and begun(task, datetime.now(UTC)) is not None:
                    await self._queue.submit(lease.task)

    def _over(self, care: "asyncio.Task[None]") -> None:
        self._caring.discard(care)
        self.room.set()
        fault = None if care.cancelled() else care.exception()
        if fault is not None and not isinstance(fault, LostLease):
            logger.error("a run was given up", exc_info=fault)
