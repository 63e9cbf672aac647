"""Errands for forms that people have open: issues of GitLab, a model's division of a spec."""

import asyncio
import contextlib
import logging
import secrets

from jobs.domain.errand import Errand, ErrandKind, Fetched
from jobs.errors import Stop, Transient
from jobs.ports import Tools
from jobs.ports.model import Unanswered
from jobs.queue import errands
from jobs.queue.store import Store
from jobs.specify.split import split
from jobs.worker.looking_over import look_over

logger = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks when nothing wakes us."""
LONGEST = 90.0
"""Seconds one errand may take."""
AT_ONCE = 4
"""Errands of one worker at the same time."""


class ErrandDesk:
    """One worker's part in running errands."""

    def __init__(self, store: Store, tools: Tools) -> None:
        self._store = store
        self._tools = tools
        self._under_way: set[asyncio.Task[None]] = set()
        self.wake = asyncio.Event()

    async def turn(self) -> None:
        """Take what is there, then wait for news."""
        self.wake.clear()
        while len(self._under_way) < AT_ONCE:
            errand = await errands.take(self._store.connection)
            if errand is None:
                break
            task = asyncio.create_task(self._run(errand))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EVERY):
                await self.wake.wait()

    async def close(self) -> None:
        """Leave what is under way: whoever waits for it is told after a while."""
        for one in self._under_way:
            one.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _run(self, errand: Errand) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                fetched = await self._fetched(errand)
        except Stop as stop:
            fetched = Fetched(problem=str(stop))
        except Transient as passing:
            fetched = Fetched(problem=f"{passing.reason} Try again in a minute.")
        except TimeoutError:
            fetched = Fetched(problem="It took too long. Try again later.")
        except Unanswered as nothing:
            fetched = Fetched(problem=f"The model gave no usable answer: {nothing.reason}")
        except Exception:  # the person who waits must hear of a fault of ours
            reference = secrets.token_hex(4)
            logger.exception("fault %s", reference)
            fetched = Fetched(problem=f"Something went wrong on our side. Reference: {reference}.")
        await errands.answer(self._store.connection, errand.id, fetched)

    async def _fetched(self, errand: Errand) -> Fetched:
        if errand.kind is ErrandKind.SPLIT:
            return await self._divided(errand)
        if errand.kind is ErrandKind.LOOK:
            found_out = await look_over(errand.document, store=self._store, tools=self._tools)
            return Fetched(text=found_out.model_dump_json())
        if self._tools.issues is None:
            return Fetched(problem="This worker has no issues to look at.")
        found = await self._tools.issues.issue(errand.repository, errand.iid)
        if errand.url.split("#")[0].split("?")[0].rstrip("/") != found.url:
            return Fetched(problem=f"{errand.url} is no issue of the GitLab that I work with.")
        return Fetched(title=found.title, text=found.text)

    async def _divided(self, errand: Errand) -> Fetched:
        task = await self._store.get(errand.task)
        if task is None:
            return Fetched(problem=f"There is no task {errand.task} any more.")
        if self._tools.model is None:
            return Fetched(problem="No model is set up that could divide a spec.")
        return Fetched(text=await split(task.spec, self._tools.model, self._tools.prompts.for_task(task.id)))
