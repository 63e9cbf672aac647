"""Windows: hours of the day, in a time zone, within which tasks may start."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from jobs.domain.base_model import Frozen

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""A day of the week."""

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days as codegen.toml and cron spell them, Monday first."""


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no time zone of that name; Europe/Berlin is one") from None


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment of a day at which its clocks show `at` or later, in UTC.

    A time that the clocks skip in spring is the moment they skip it; one they show twice is the first.
    """
    wall = datetime.combine(day, at, tzinfo=zone)
    utc = wall.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return utc
    # in a gap fold=1 reads the offset that is in force afterwards: the two readings enclose the change
    return _change_between(wall.replace(fold=1).astimezone(UTC), utc, zone)


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)


class Window(Frozen):
    """Hours within which tasks may start; what runs at the end goes on."""

    opens: time
    """Wall clock at which it opens."""
    closes: time
    """Wall clock at which it closes: the next day's when it is not later than `opens`."""
    zone: Annotated[str, AfterValidator(lambda name: str(zone_of(name)))] = "UTC"
    """Time zone of the IANA database."""
    days: tuple[Day, ...] = DAYS
    """Days on which it opens."""

    @property
    def hours(self) -> str:
        """When it is open, for people."""
        days = "" if set(self.days) == set(DAYS) else f" ({', '.join(self.days)})"
        return f"{self.opens:%H:%M}–{self.closes:%H:%M} {self.zone}{days}"

    def open_at(self, now: datetime) -> bool:
        """True when tasks may start now."""
        return any(opens <= now < closes for opens, closes in self._around(now, last=0))

    def next_opening(self, now: datetime) -> datetime | None:
        """The first opening after now, in UTC; None for a window that never opens."""
        return next((opens for opens, _ in self._around(now, last=8) if opens > now), None)

    def next_closing(self, now: datetime) -> datetime | None:
        """When the window that is open now closes; None while it is closed."""
        return next((closes for opens, closes in self._around(now, last=0) if opens <= now < closes), None)

    def _around(self, now: datetime, *, last: int) -> Iterator[tuple[datetime, datetime]]:
        zone = zone_of(self.zone)
        today = now.astimezone(zone).date()
        for distance in range(-1, last + 1):
            day = today + timedelta(days=distance)
            if DAYS[day.weekday()] in self.days:
                end = day if self.closes > self.opens else day + timedelta(days=1)
                yield instant(day, self.opens, zone), instant(end, self.closes, zone)
