"""App Home kept true: published when it is opened, when something changed, and looked over every minute."""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.collecting import Collector, Sources
from bot.payload import error_code
from bot.views.blocks import Block
from bot.views.home import Part, home_view
from bot.views.home.team import unseen, without_pictures
from jobs.domain.task import Task
from jobs.queue import homes
from jobs.queue.connection import TROUBLE
from jobs.queue.feed import Change
from jobs.queue.gate import RedisGate

LATELY = timedelta(hours=12)
"""How long after it was opened a tab is kept up to date."""
EVERY = 45.0
"""Seconds between two looks at all tabs, whatever the feed says."""
SOON = 0.2
"""Seconds within which a person's own change is shown."""
OTHERS = 3.0
"""Seconds within which other people's changes are."""
PAUSE = 1.0
"""Seconds between two publications for one person."""
AGAIN = 10.0
"""Seconds until the next try when Slack or the store is in trouble."""
AT_ONCE = 4
"""Tabs that are put together at the same time."""

_GONE = frozenset({"user_not_found", "missing_profile_id", "invalid_user_id"})
_OFF = frozenset({"not_enabled", "missing_scope"})
_REFUSED = frozenset({"invalid_arguments", "invalid_blocks"})
_log = logging.getLogger(__name__)


class Homes:
    """Every tab that somebody looked at lately, kept up to date."""

    def __init__(self, sources: Sources, client: AsyncWebClient) -> None:
        self._connection = sources.store.connection
        self._store = sources.store
        self._now = sources.now
        self._client = client
        self._collector = Collector(sources)
        self._gate = RedisGate(self._connection)
        self._due: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._busy: set[str] = set()
        self._viewers: frozenset[str] = frozenset()
        self._wake = asyncio.Event()

    async def opened(self, person: str, view_hash: str = "") -> None:
        """A person opened the tab, which shows the version of this hash."""
        await homes.opened(self._connection, person, self._now())
        known = await homes.published(self._connection, person)
        if known.hash != view_hash:  # somebody else's, or none at all: whatever we remember is not there
            await homes.remember(self._connection, person, digest="", view_hash=view_hash)
        self._viewers |= {person}
        self._ask(person, 0.0, at_once=True)

    async def notified(self, person: str, sentence: str) -> None:
        """Say something at the top of a person's tab, at once."""
        await homes.notify(self._connection, person, sentence)
        self._ask(person, 0.0, at_once=True)

    async def lengthened(self, person: str, part: Part) -> None:
        """Show the person more rows of a list."""
        known = await homes.published(self._connection, person)
        rows = min(max(known.shown.get(part, 0), part.first) + part.first, part.most)
        await homes.show(self._connection, person, part.value, rows)
        self._ask(person, 0.0, at_once=True)

    async def may_see(self, person: str, task: Task) -> bool:
        """Whether a person may be shown a task in their tab."""
        return await self._collector.may_see(person, task)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep every tab up to date for as long as the block lasts."""
        steps = [self._listen, self._look_over, *([self._next] * AT_ONCE)]
        loops = [asyncio.create_task(_endless(step)) for step in steps]
        try:
            yield
        finally:
            for one in loops:
                one.cancel()
            await asyncio.wait(loops)

    def _ask(self, person: str, within: float, *, at_once: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        at = now + within
        if not at_once:
            at = max(at, self._last.get(person, 0.0) + PAUSE)
        self._due[person] = min(at, self._due.get(person, at))
        self._wake.set()

    async def _listen(self) -> None:
        async with self._store.changes() as news:
            async for change in news:
                self._heard(change)

    def _heard(self, change: Change) -> None:
        for person in self._viewers:
            own = change.task is None or change.requester == person
            self._ask(person, SOON if own else OTHERS)

    async def _look_over(self) -> None:
        self._viewers = await homes.viewers(self._connection, self._now() - LATELY)
        self._last = {person: at for person, at in self._last.items() if person in self._viewers}
        for person in self._viewers:
            self._ask(person, SOON)
        await asyncio.sleep(EVERY)

    async def _next(self) -> None:
        """Publish whose turn has come, or wait for it."""
        loop = asyncio.get_running_loop()
        free = {person: at for person, at in self._due.items() if person not in self._busy}
        person = min(free, key=lambda one: free[one], default=None)
        seconds = EVERY if person is None else free[person] - loop.time()
        if person is None or seconds > 0:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            return
        del self._due[person]
        self._busy.add(person)
        try:
            await self._publish(person)
        finally:
            self._busy.discard(person)
            self._last[person] = loop.time()
            self._wake.set()

    async def _publish(self, person: str) -> None:
        try:
            await self._put(person)
        except SlackApiError as error:
            await self._refused(person, error_code(error))
        except (aiohttp.ClientError, TimeoutError, *TROUBLE) as error:
            _log.warning("App Home of %s has to wait: %s", person, type(error).__name__)
            self._ask(person, AGAIN)

    async def _put(self, person: str) -> None:
        known = await homes.published(self._connection, person)
        home = await self._collector.home(person, known)
        digest = _digest(home_view(home))
        if digest == known.digest:
            return
        try:
            put = await self._sent(person, home_view(home), known.hash)
        except SlackApiError as error:
            if error_code(error) not in _REFUSED or not (home.numbers and home.numbers.pictures):
                raise
            _log.warning("App Home of %s is shown without pictures: %s", person, error_code(error))
            plain = home.model_copy(update={"numbers": without_pictures(home.numbers, unseen())})
            digest = _digest(home_view(plain))
            put = await self._sent(person, home_view(plain), known.hash) if digest != known.digest else None
        if put is not None:
            await homes.remember(self._connection, person, digest=digest, view_hash=put)

    async def _sent(self, person: str, view: Block, view_hash: str) -> str | None:
        """Publish over the version of this hash; None when another bot has put a newer one there.

        A version that nobody remembers is published over.
        """
        await self._gate.slack("views.publish")
        try:
            guard = {"hash": view_hash} if view_hash else {}
            answer = await self._client.views_publish(user_id=person, view=view, **guard)
        except SlackApiError as error:
            if error_code(error) != "hash_conflict":
                raise
            now = await homes.published(self._connection, person)
            if now.hash != view_hash:
                self._ask(person, SOON)
                return None
            answer = await self._client.views_publish(user_id=person, view=view)
        return str((answer.get("view") or {}).get("hash") or "")

    async def _refused(self, person: str, why: str) -> None:
        if why in _GONE | _OFF:
            await homes.left(self._connection, person)
            self._viewers -= {person}
            remedy = "; install the app anew from manifest.json" if why in _OFF else ""
            _log.warning("App Home of %s cannot be shown: %s%s", person, why, remedy)
            return
        _log.warning("App Home of %s has to wait: %s", person, why)
        self._ask(person, AGAIN)


def _digest(view: Block) -> str:
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()


async def _endless(step: Callable[[], Coroutine[None, None, None]]) -> None:
    while True:
        running = asyncio.create_task(step())
        try:
            await asyncio.wait({running})
        finally:
            if not running.done():
                running.cancel()
                await asyncio.wait({running})
        fault = None if running.cancelled() else running.exception()
        if isinstance(fault, TROUBLE):
            _log.warning("App Home has to wait for Redis: %s", type(fault).__name__)
        elif fault is not None:
            _log.error("a step of App Home failed", exc_info=fault)
        if fault is not None:
            await asyncio.sleep(AGAIN)
