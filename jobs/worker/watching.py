"""This process's part in watching merge requests: who is due, one look after another, and the telling."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta

from jobs import messages
from jobs.errors import Stop, ThreadGone, TokenRefused, Transient
from jobs.ports import Messenger, Watch
from jobs.queue import spoken, watching
from jobs.queue.connection import OUTAGE
from jobs.queue.people import linked
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.review import pace
from jobs.settings import OperatorFile
from jobs.stages.thread import scrubbed
from jobs.worker.fault import fault_of
from jobs.worker.logs import about
from jobs.worker.looking import Looking, Means

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Looks at the same time in one process."""

BATCH = 40
"""Looks between two glances at what else is due."""

LIST_EVERY = 20.0
"""Seconds between two lists of what changed, by one of all workers."""

OVERLAP = timedelta(seconds=90)
"""How far a list reaches back behind the last one: clocks differ, and GitLab's index lags."""

REST = timedelta(seconds=30)
"""How long a merge request is left alone that GitLab did not answer for."""

LONGEST = 5.0
"""Seconds of waiting for a hint at the most: another worker may have brought a look forward."""


class Watching:
    """Looks at what is due and tells what is new, as long as it is turned."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        watch: Watch,
        *,
        messenger: Messenger,
        operator: OperatorFile,
        owner: str,
        means: Means | None = None,
    ) -> None:
        self._store = store
        self._watch = watch
        self._messenger = messenger
        self._operator = operator
        self._owner = owner
        self._looking = Looking(store, queue, watch, operator, means=means or Means())
        self._room = asyncio.Semaphore(AT_ONCE)
        self._adopted = False
        self.wake = asyncio.Event()

    async def turn(self) -> None:
        """Take hints and lists, look at what is due, tell what is due, then wait for a hint or a moment."""
        self.wake.clear()
        if not self._adopted:
            await watching.adopt(self._store)
            self._adopted = True
        await self._listed()
        looked = await self.look(datetime.now(UTC))
        await self.tell(datetime.now(UTC))
        if not looked:
            await self._rest()

    async def look(self, now: datetime) -> int:
        """Look at what is due at this moment; how many that were."""
        connection = self._store.connection
        await watching.at_once(connection, await watching.hinted(connection))
        found = await watching.due(connection, now, limit=BATCH)
        count = await watching.watching(connection) if found else 0
        await asyncio.gather(*(self._one(task_id, hint, count) for task_id, hint in found))
        return len(found)

    async def tell(self, now: datetime) -> None:
        """Tell what is due at this moment."""
        for task_id in await watching.to_tell(self._store.connection, now):
            turn = f"tell:{task_id}"
            if await watching.my_turn(self._store.connection, turn, seconds=60.0):
                with about(task_id):
                    await self._tell_in_turn(task_id, now)
                await watching.turn_over(self._store.connection, turn)

    async def _tell_in_turn(self, task_id: str, now: datetime) -> None:
        try:
            await self._tell(task_id, now)
        except Transient as passing:
            logger.warning("the news of %s wait: %s", task_id, passing)
            again = now + timedelta(seconds=max(passing.retry_after, 5.0))
            await watching.tell_later(self._store.connection, task_id, again)

    async def _one(self, task_id: str, hinted: bool, count: int) -> None:
        async with self._room:
            with about(task_id):
                fault = await fault_of(self._in_turn(task_id, hinted, count))
                if isinstance(fault, OUTAGE):
                    raise fault
                if fault is not None:  # of one look: the others, and what is to be told, go on
                    logger.error("a look failed", exc_info=fault)

    async def _in_turn(self, task_id: str, hinted: bool, count: int) -> None:
        connection, now = self._store.connection, datetime.now(UTC)
        until = now + REST
        if not await watching.claim(connection, task_id, self._owner, now=now, until=until):
            return
        moment = until
        try:
            moment = await self._looked(task_id, hinted, count) or until
        except Transient as passing:
            logger.info("%s is looked at later: %s", task_id, passing)
        finally:
            await watching.settle(connection, task_id, claimed=until, moment=moment)

    async def _looked(self, task_id: str, hinted: bool, count: int) -> datetime | None:
        """When to look again; None when this look was not written down."""
        judged = await self._looking.look(task_id, hinted=hinted)
        if judged is None:
            return None
        now = datetime.now(UTC)
        if pace.forgotten(judged.watched, now):
            await watching.forget(self._store.connection, task_id)
        return now + pace.spread(task_id, pace.pause(judged.watched, watching=count, now=now))

    async def _tell(self, task_id: str, now: datetime) -> None:
        connection = self._store.connection
        task, news = await self._store.get(task_id), await watching.news_of(connection, task_id)
        if task is None or task.thread is None or not news:
            await watching.told(connection, task_id, len(news), now=now)
            return
        channel = self._operator.channels.get(task.thread.channel)
        quiet = channel.quiet_until(now) if channel else None
        if quiet is not None or task.thread.ts is None:
            await watching.tell_later(connection, task_id, quiet or now + watching.BURST)
            return
        people = {**await linked(connection), **self._operator.people}
        try:
            await self._messenger.put(scrubbed(messages.news(task, news, people)))
        except TokenRefused as refused:
            raise Transient(refused.reason, retry_after=60.0) from None
        except ThreadGone:
            await spoken.stale(connection, task)
            raise
        except Stop as stop:
            logger.warning("the news of %s cannot be told: %s", task_id, stop)
        await watching.told(connection, task_id, len(news), now=now)

    async def _listed(self) -> None:
        connection = self._store.connection
        if not await watching.my_turn(connection, "list", seconds=LIST_EVERY):
            return
        if not await watching.watching(connection):
            return
        now = datetime.now(UTC)
        since = await watching.listed_until(connection) or now - timedelta(hours=1)
        try:
            changed = await self._watch.changed_since(since - OVERLAP)
        except (Stop, Transient) as error:
            logger.warning("the list of changed merge requests cannot be read: %s", error)
            return
        for one in changed:
            await watching.stale(connection, one)
        await watching.listed(connection, now)

    async def _rest(self) -> None:
        moment = await watching.next_look(self._store.connection)
        seconds = (moment - datetime.now(UTC)).total_seconds() if moment else LONGEST
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.05), LONGEST)):
                await self.wake.wait()
