"""The team's numbers, week by week, from what tasks reached; pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from statistics import fmean, median

from jobs.domain.base_model import Frozen
from jobs.domain.milestone import Milestone, Reached
from jobs.domain.spec import Line
from jobs.domain.window import instant, zone_of

WEEKS = 8
"""Weeks that are shown, the present one included."""


class Week(Frozen):
    """One week, from Monday."""

    start: date
    """Its Monday."""
    opened: int = 0
    """Merge requests opened."""
    merged: int = 0
    """Merged."""
    closed: int = 0
    """Closed without being merged, and not reopened."""
    hours: float | None = None
    """Half of the opened ones were there so many hours after they were asked for; None without any."""
    reworks: float | None = None
    """Rework rounds of each merged or closed one, on average; None without any."""
    usd: float = 0.0
    """What all runs that ended cost, in US dollars."""
    priced: bool = True
    """False when that is a lower bound."""

    @property
    def decided(self) -> int:
        """Merge requests that people said yes or no to."""
        return self.merged + self.closed

    @property
    def accepted(self) -> float | None:
        """Which part of the decided ones was merged, from 0 to 1; None without any."""
        return self.merged / self.decided if self.decided else None


class Picture(Frozen):
    """A chart as it stands in Slack."""

    name: str
    """Which chart."""
    title: str
    """What it shows."""
    file: str
    """Slack's file id."""
    alt: Line
    """The same in words."""


class Numbers(Frozen):
    """The numbers of some repositories, and pictures of them."""

    weeks: tuple[Week, ...]
    """Oldest first; the last one is not over."""
    at: datetime
    """When they were counted."""
    pictures: tuple[Picture, ...] = ()
    """Charts of these numbers, or of earlier ones."""
    drawn: tuple[Week, ...] = ()
    """What the pictures show."""
    tried_at: datetime | None = None
    """When they were last drawn, or should have been."""
    trouble: str = ""
    """Why there are no newer pictures; empty when there is nothing to say."""


def first_day(now: datetime, zone: str) -> date:
    """Monday of the first week that is shown."""
    today = now.astimezone(zone_of(zone)).date()
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def begins(now: datetime, zone: str) -> datetime:
    """The moment from which milestones count."""
    return instant(first_day(now, zone), time(0), zone_of(zone))


def weeks(milestones: Iterable[Milestone], *, now: datetime, zone: str) -> tuple[Week, ...]:
    """What was reached in the last weeks, oldest first."""
    ordered = sorted(milestones, key=lambda one: one.at)
    ended: dict[str, Milestone] = {}
    rounds: dict[str, int] = {}
    for one in ordered:
        if one.what in (Reached.MERGED, Reached.CLOSED):
            ended[one.task] = one
        elif one.what is Reached.REOPENED:
            ended.pop(one.task, None)
        elif one.rework:
            rounds[one.task] = rounds.get(one.task, 0) + 1
    first = first_day(now, zone)
    starts = [first + timedelta(weeks=number) for number in range(WEEKS)]
    counted = [*(one for one in ordered if one.what in (Reached.OPENED, Reached.RUN)), *ended.values()]
    by_week: dict[date, list[Milestone]] = {start: [] for start in starts}
    for one in counted:
        day = one.at.astimezone(zone_of(zone)).date()
        by_week.get(day - timedelta(days=day.weekday()), []).append(one)
    return tuple(_week(start, by_week[start], rounds) for start in starts)


def together(some: Sequence[Week]) -> Week:
    """Several weeks as one; medians and averages are left out."""
    return Week(
        start=some[0].start,
        opened=sum(one.opened for one in some),
        merged=sum(one.merged for one in some),
        closed=sum(one.closed for one in some),
        usd=sum(one.usd for one in some),
        priced=all(one.priced for one in some),
    )


def _week(start: date, reached: Sequence[Milestone], rounds: dict[str, int]) -> Week:
    opened = [one.seconds / 3600 for one in reached if one.what is Reached.OPENED]
    decided = [one for one in reached if one.what in (Reached.MERGED, Reached.CLOSED)]
    runs = [one for one in reached if one.what is Reached.RUN]
    return Week(
        start=start,
        opened=len(opened),
        merged=sum(one.what is Reached.MERGED for one in decided),
        closed=sum(one.what is Reached.CLOSED for one in decided),
        hours=median(opened) if opened else None,
        reworks=fmean(rounds.get(one.task, 0) for one in decided) if decided else None,
        usd=sum(one.usd for one in runs),
        priced=all(one.priced for one in runs),
    )
