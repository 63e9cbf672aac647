"""Keeping a thread up to date: state changes at once, the rest at most every few seconds."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime

from jobs.domain.task import Task, TaskState
from jobs.errors import Busy, LostLease, Stop, ThreadGone, Transient, Unreachable
from jobs.ports import Announce, Messenger
from jobs.queue import batches
from jobs.queue.connection import TROUBLE
from jobs.queue.gate import URGENCY, Urgency
from jobs.queue.spoken import said
from jobs.queue.store import Store
from jobs.worker.asking import ask
from jobs.worker.astray import tell_requester

Say = Callable[[Task], Coroutine[None, None, None]]
"""Brings one thread up to date and remembers that."""

EVERY = 3.0
"""Seconds between two updates of a message when nothing but progress is new."""

REFRESH = 30.0
"""Seconds after which the time that a run has taken is shown anew, when nothing else is."""

logger = logging.getLogger(__name__)


async def say(task: Task, *, store: Store, announce: Announce, messenger: Messenger) -> None:
    """Announce, keep the head message's timestamp, and note that the thread shows this version."""
    if task.thread is None:
        return
    if task.batch is not None:
        batch = await batches.get(store.connection, task.batch.id)
        if batch is None or batch.ts is None:
            return  # its head message comes first; this stays unsaid until then
        if batch.ts != task.thread.ts:
            task = task.note(thread=task.thread.model_copy(update={"ts": batch.ts}))
            await store.change(task.id, lambda now: now.note(thread=task.thread))
    try:
        shown = await _shown_now(task, store=store, announce=announce, messenger=messenger)
    except Unreachable as silent:
        await tell_requester(task, silent, store=store, messenger=messenger)
        raise
    if (shown.thread, shown.untold) != (task.thread, task.untold):
        await store.change(task.id, lambda now: _shown(now, shown, task))
    await said(store.connection, task)


async def _shown_now(task: Task, *, store: Store, announce: Announce, messenger: Messenger) -> Task:
    """Ask what is to be asked and announce: in a thread that stands the questions come first."""
    begun = task.thread is not None and task.thread.ts is not None
    if begun:
        try:
            await ask(task, store=store, messenger=messenger)
        except ThreadGone:
            begun = False  # announcing brings the head message back
    shown = await announce(_by_now(task), messenger)
    if not begun:
        await ask(shown, store=store, messenger=messenger)
    return shown


def _shown(now: Task, shown: Task, told: Task) -> Task:
    """The task as it is now, with the place of its thread and without the runs that were summed up."""
    untold = tuple(one for one in now.untold if one not in told.untold or one in shown.untold)
    same = now.thread == shown.thread and now.untold == untold
    return now if same else now.note(thread=shown.thread, untold=untold)


class Speaker:
    """Speaks of one run in the background, so that Slack never holds it up."""

    def __init__(self, say: Say, *, every: float = EVERY, refresh: float = REFRESH) -> None:
        self._say = say
        self._every = every
        self._refresh = refresh
        self._shown: Task | None = None
        self._latest: Task | None = None
        self._moved = False
        self._news = asyncio.Event()
        self._urgent = asyncio.Event()
        self._closing = False
        self._loop = asyncio.create_task(self._speak())

    def tell(self, task: Task, *, urgent: bool) -> None:
        """This version of the task is to be shown: at once, or with the next update."""
        self._latest = task
        self._moved = self._moved or urgent
        self._news.set()
        if urgent:
            self._urgent.set()

    async def close(self, *, within: float) -> None:
        """Say what is left; what cannot be said within these seconds is left to reconcile."""
        self._closing = True
        self._news.set()
        self._urgent.set()
        _, late = await asyncio.wait({self._loop}, timeout=within)
        if late:
            self._loop.cancel()
            await asyncio.wait({self._loop})
        elif self._loop.exception() is not None:
            logger.error("the thread could not be brought up to date", exc_info=self._loop.exception())

    async def _speak(self) -> None:
        while not self._closing or self._latest is not None:
            await self._heard()
            self._news.clear()
            self._urgent.clear()
            task, self._latest = self._latest, None
            URGENCY.set(_urgency(task, moved=self._moved))
            self._moved = False
            if task is not None and not await self._said(task):
                return
            await self._pause(self._every)

    async def _heard(self) -> None:
        """Wait for news; while a run is at work that it takes time is news now and then."""
        at_work = self._shown is not None and self._shown.at_work and not self._closing
        try:
            async with asyncio.timeout(self._refresh if at_work else None):
                await self._news.wait()
        except TimeoutError:
            self._latest = self._latest or self._shown

    async def _said(self, task: Task) -> bool:
        """False when this worker has nothing more to say."""
        self._shown = task
        try:
            await self._say(task)
        except LostLease:
            return False
        except Busy as busy:
            self._moved = self._moved or URGENCY.get() is Urgency.STATE
            self._again(task)
            await self._pause(busy.retry_after)
        except Transient as error:
            self._moved = True
            logger.warning("slack: %s", error)
            self._again(task)
            await self._pause(error.retry_after)
        except TROUBLE as error:
            logger.warning("redis: %s", type(error).__name__)
            self._again(task)
        except Stop as stop:
            logger.warning("the thread could not be brought up to date: %s", stop)
        return not (self._closing and self._latest is task)

    def _again(self, task: Task) -> None:
        self._latest = self._latest or task
        self._news.set()

    async def _pause(self, seconds: float) -> None:
        if not self._closing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._urgent.wait()


def _by_now(task: Task) -> Task:
    """A task at work as of this moment, for the time it has taken; what was said is still of its version."""
    at_work = task.state is TaskState.RUNNING and task.at_work
    return task.note(updated_at=max(task.updated_at, datetime.now(UTC))) if at_work else task


def _urgency(task: Task | None, *, moved: bool) -> Urgency:
    if task is None or task.run is None or task.run.ended or not task.at_work:
        return Urgency.END
    return Urgency.STATE if moved else Urgency.PROGRESS
