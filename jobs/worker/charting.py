"""The team's numbers: counted when something was reached, drawn at most once an hour."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from jobs.domain.team import Numbers, Picture, Week, begins, weeks
from jobs.errors import Stop, Transient
from jobs.messages.team import charts
from jobs.ports import Gallery
from jobs.queue import milestones, team
from jobs.queue.store import Store
from jobs.queue.team import Scope
from jobs.settings import OperatorFile

EVERY = 4.0
"""Seconds between two looks at whether there is something to count."""
LATELY = timedelta(hours=12)
"""How long after somebody looked at them numbers are counted."""
DRAW = timedelta(hours=1)
"""How long pictures stand at the least."""
AGAIN = timedelta(minutes=10)
"""How long after pictures could not be drawn they are tried again."""

logger = logging.getLogger(__name__)


class ChartDesk:
    """One worker's part in counting and drawing."""

    def __init__(
        self,
        store: Store,
        gallery: Gallery,
        operator: OperatorFile,
        *,
        worker: str,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        self._store = store
        self._gallery = gallery
        self._zone = operator.budgets.zone
        self._worker = worker
        self._counted: dict[str, tuple[bytes, str]] = {}

    async def turn(self) -> None:
        """Bring what somebody looks at up to date."""
        now = self._now()
        found = await team.wanted(self._store.connection, now - LATELY)
        if not found:
            return
        # the last milestone, and the day: with a new week everything moves
        mark = (await milestones.newest(self._store.connection), f"{now:%Y-%m-%d}")
        for scope in found:
            await self._look(scope, mark, now)

    async def _look(self, scope: Scope, mark: tuple[bytes, str], now: datetime) -> None:
        known = await team.numbers(self._store.connection, scope)
        if known and self._counted.get(scope.key) == mark and not _due(known, known.weeks, now):
            return
        if not await team.claim(self._store.connection, scope, self._worker):
            return
        try:
            known = await team.numbers(self._store.connection, scope)
            counted = await self._count(scope, known, now)
            self._counted[scope.key] = mark
            if _due(counted, counted.weeks, now):
                await self._draw(scope, counted, now)
        finally:
            await team.release(self._store.connection, scope)

    async def _count(self, scope: Scope, known: Numbers | None, now: datetime) -> Numbers:
        reached = await milestones.since(self._store.connection, begins(now, self._zone))
        mine = set(scope.repositories)
        found = weeks((one for one in reached if one.repository in mine), now=now, zone=self._zone)
        if known and known.weeks == found:
            return known
        numbers = (known or Numbers(weeks=found, at=now)).model_copy(update={"weeks": found, "at": now})
        await team.keep(self._store.connection, scope, numbers)
        return numbers

    async def _draw(self, scope: Scope, numbers: Numbers, now: datetime) -> None:
        try:
            pictures = await self._hung(numbers, now)
        except (Stop, Transient) as trouble:
            logger.warning("the charts could not be shown: %s", trouble)
            failed = numbers.model_copy(update={"tried_at": now, "trouble": str(trouble)})
            await team.keep(self._store.connection, scope, failed)
            return
        shown = {"pictures": pictures, "drawn": numbers.weeks, "tried_at": now, "trouble": ""}
        await team.keep(self._store.connection, scope, numbers.model_copy(update=shown))
        await self._take_down(numbers.pictures)

    async def _hung(self, numbers: Numbers, now: datetime) -> tuple[Picture, ...]:
        found: list[Picture] = []
        try:
            for chart in charts(numbers.weeks, now):
                file = await self._gallery.hang(chart)
                found.append(Picture(name=chart.name, title=chart.title, file=file, alt=chart.alt))
        except (Stop, Transient):
            await self._take_down(tuple(found))
            raise
        return tuple(found)

    async def _take_down(self, pictures: tuple[Picture, ...]) -> None:
        for one in pictures:
            try:
                await self._gallery.take_down(one.file)
            except (Stop, Transient) as trouble:
                logger.warning("an old chart stays in Slack: %s", trouble)


def _due(numbers: Numbers, counted: tuple[Week, ...], now: datetime) -> bool:
    if numbers.drawn == counted:
        return False
    pause = AGAIN if numbers.trouble else DRAW
    return numbers.tried_at is None or now - numbers.tried_at >= pause
