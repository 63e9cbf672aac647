"""When a recurring task is due: the five fields of cron, in wall-clock time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jobs.domain.window import DAYS, instant

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Months as cron spells them."""

HORIZON = 8 * 366 + 2
"""Days searched for the next occurrence: 29 February comes within eight years."""


@dataclass(frozen=True)
class Cron:
    """A parsed expression; see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html."""

    text: str
    """The expression, with single blanks."""
    minutes: tuple[int, ...]
    """0 to 59."""
    hours: tuple[int, ...]
    """0 to 23."""
    days: frozenset[int]
    """Days of the month, 1 to 31."""
    months: frozenset[int]
    """1 to 12."""
    weekdays: frozenset[int]
    """0 is Monday."""
    either: bool
    """True when day of month and day of week are both given: one of them is enough."""

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """The expression in its parts; raises ValueError with a sentence that names the field."""
        fields = text.lower().split()
        if len(fields) != 5:
            raise ValueError('give five fields, such as "0 9 * * mon": minute, hour, day, month, weekday')
        minute, hour, day, month, weekday = fields
        # Sunday is 0 and 7; ours begins with Monday
        names = {str(name): number for number, name in enumerate(DAYS, 1)} | {"sun": 0}
        sundays = _numbers(weekday, "weekday", 0, 7, names=names)
        cron = cls(
            text=" ".join(fields),
            minutes=tuple(sorted(_numbers(minute, "minute", 0, 59))),
            hours=tuple(sorted(_numbers(hour, "hour", 0, 23))),
            days=_numbers(day, "day of month", 1, 31),
            months=_numbers(month, "month", 1, 12, names={name: n for n, name in enumerate(MONTHS, 1)}),
            weekdays=frozenset((number - 1) % 7 for number in sundays),
            either=not day.startswith("*") and not weekday.startswith("*"),
        )
        if cron.after(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is None:
            raise ValueError("there is no such day in any year")
        return cron

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first occurrence after a moment, in UTC; each wall-clock time counts once a day.

        What falls into an hour that the clocks skip is due when they skip it.
        """
        today = moment.astimezone(zone).date()
        for distance in range(HORIZON):
            day = today + timedelta(days=distance)
            if self._on(day.month, day.day, day.weekday()):
                for hour in self.hours:
                    for minute in self.minutes:
                        due = instant(day, time(hour, minute), zone)
                        if due > moment:
                            return due
        return None

    def _on(self, month: int, day: int, weekday: int) -> bool:
        if month not in self.months:
            return False
        if self.either:
            return day in self.days or weekday in self.weekdays
        return day in self.days and weekday in self.weekdays


def _numbers(
    field: str, name: str, low: int, high: int, *, names: Mapping[str, int] | None = None
) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if step and not (step.isdecimal() and int(step) > 0):
            raise ValueError(f"{name}: {part} has no step that is a number above 0")
        first, dash, last = span.partition("-")
        if span == "*":
            bounds = (low, high)
        else:
            begin = _number(first, part, name, names or {})
            end = _number(last, part, name, names or {}) if dash else (high if step else begin)
            # sat-sun: Sunday ends a span as 7
            bounds = (begin, 7 if dash and name == "weekday" and end == 0 else end)
        if not low <= bounds[0] <= bounds[1] <= high:
            raise ValueError(f"{name}: {part} is not within {low} and {high}")
        found.update(range(bounds[0], bounds[1] + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, part: str, name: str, names: Mapping[str, int]) -> int:
    if text.isdecimal():
        return int(text)
    if text in names:
        return names[text]
    raise ValueError(f"{name}: {part} is not a number{' or a name' if names else ''}")
