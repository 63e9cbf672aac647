"""The morning of each channel: told once a day by one worker, also when it was down at the time."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from jobs import messages
from jobs.domain.morning import FARTHEST, LATE, Morning, due, gathered
from jobs.domain.reviewing import ChannelTable
from jobs.domain.task import Task
from jobs.errors import Stop, Transient
from jobs.ports import Directory, Messenger
from jobs.queue import mornings, watching
from jobs.queue.mornings import Told
from jobs.queue.people import linked
from jobs.queue.store import Store
from jobs.settings import OperatorFile
from jobs.stages.thread import scrubbed

logger = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two looks at the clock."""
TURN = 180.0
"""Seconds that one worker has for one channel's morning."""
LISTED = 500
"""Of a channel's newest tasks so many are looked at."""
FIRST = timedelta(days=1)
"""How far back the very first morning of a channel reaches."""


class MorningDesk:
    """Tells every channel whose morning has come."""

    def __init__(
        self, store: Store, messenger: Messenger, *, operator: OperatorFile, directory: Directory
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._operator = operator
        self._directory = directory

    async def turn(self) -> None:
        """Tell what is due, then wait."""
        await self.tell(datetime.now(UTC))
        await asyncio.sleep(EVERY)

    async def tell(self, now: datetime) -> None:
        """Tell what is due at this moment; what Slack does not take now is tried again."""
        connection = self._store.connection
        for channel, table in self._operator.channels.items():
            moment = due(table, now)
            if moment is None or now - moment > LATE or await self._done(channel, moment):
                continue
            turn = f"morning:{channel}"
            if not await watching.my_turn(connection, turn, seconds=TURN):
                continue
            try:
                if not await self._done(channel, moment):
                    await self._tell(channel, table, moment=moment, now=now)
            except Transient as passing:
                logger.warning("the morning of %s waits: %s", channel, passing)
            finally:
                await watching.turn_over(connection, turn)

    async def _done(self, channel: str, moment: datetime) -> bool:
        last = await mornings.told(self._store.connection, channel)
        return last is not None and last.due >= moment

    async def _tell(self, channel: str, table: ChannelTable, *, moment: datetime, now: datetime) -> None:
        connection = self._store.connection
        if await self._internal(channel):
            last = await mornings.told(connection, channel)
            since = max(last.until if last else moment - FIRST, now - FARTHEST)
            morning = gathered(
                await self._tasks(channel),
                table,
                channel=channel,
                since=since,
                now=now,
                people={**await linked(connection), **self._operator.people},
            )
            await self._say(morning, now)
        else:
            logger.warning("channel %s is shared or out of reach: its morning is left out", channel)
        await mornings.tell(connection, channel, Told(due=moment, until=now))

    async def _internal(self, channel: str) -> bool:
        try:
            return not await self._directory.shared(channel)
        except Stop:
            return False

    async def _tasks(self, channel: str) -> tuple[Task, ...]:
        """What may be told there: of repositories that the channel belongs to."""
        repositories = self._operator.repositories
        allowed = {path for path, one in repositories.items() if channel in one.channels}
        listed = await self._store.list(channel=channel, limit=LISTED)
        return tuple(one for one in listed if one.spec.repository in allowed)

    async def _say(self, morning: Morning, now: datetime) -> None:
        if morning.empty:
            return
        whole = await self._whole(morning)
        try:
            threads = await self._threads(whole)
            await self._messenger.put(scrubbed(messages.digest(whole, threads, now=now)))
        except Stop as stop:
            logger.warning("the morning of %s cannot be told: %s", morning.channel, stop)

    async def _whole(self, morning: Morning) -> Morning:
        """With the changes themselves, which lists leave out: the effort comes from them."""
        ready = tuple([await self._store.get(one.id) or one for one in morning.ready])
        return morning.model_copy(update={"ready": ready})

    async def _threads(self, morning: Morning) -> dict[str, str]:
        tasks = (*morning.ready, *morning.lost, *morning.waiting, *(one.task for one in morning.reminders))
        return {one.id: found for one in tasks if (found := await self._thread(one))}

    async def _thread(self, task: Task) -> str:
        if task.thread is None or task.thread.ts is None:
            return ""
        try:
            return await self._messenger.permalink(task.thread.channel, task.thread.ts)
        except Stop:
            return ""  # somebody removed the message: the task is told without a link
