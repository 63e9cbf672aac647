"""What a channel is told in the morning, and when: the night, and reviews that wait too long; pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from jobs.domain.base_model import Frozen
from jobs.domain.review import MergeRequestState
from jobs.domain.reviewing import AGE, ChannelTable
from jobs.domain.run import RunState
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState
from jobs.domain.window import DAYS, instant, zone_of

LATE: Final = timedelta(hours=4)
"""How late a morning may come after a worker was down; later than that it is left out."""
FARTHEST: Final = timedelta(days=7)
"""How far back a morning reaches at the most."""
REMINDING: Final = time(9)
"""When reviews are named in a channel without a time for its digest."""

_LOST = frozenset({TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED})
_OPEN = frozenset({TaskState.PROPOSED, TaskState.WAITING})


class Reminder(Frozen):
    """A review that has waited for too long."""

    task: Task
    """The task it belongs to."""
    since: datetime
    """Since when it waits."""
    people: tuple[str, ...] = ()
    """Slack user ids of those who were asked and are known."""
    others: tuple[str, ...] = ()
    """GitLab usernames of those who are not known in Slack."""


class Morning(Frozen):
    """Everything that a channel is told on one day."""

    channel: str
    """Channel id."""
    day: date
    """Which day, in the channel's own zone."""
    ready: tuple[Task, ...] = ()
    """What came into review in the night."""
    lost: tuple[Task, ...] = ()
    """What ended without a change to review."""
    merged: int = 0
    """How many were merged."""
    waiting: tuple[Task, ...] = ()
    """What has not ended, while something else has."""
    reminders: tuple[Reminder, ...] = ()
    """Reviews that wait for too long, the longest first."""

    @property
    def empty(self) -> bool:
        """True when there is nothing to say."""
        return not (self.ready or self.lost or self.merged or self.reminders)


def due(table: ChannelTable, now: datetime) -> datetime | None:
    """The last moment at which a channel's morning was due, in UTC; None where nothing ever is."""
    if not (table.digest or table.remind):
        return None
    zone = zone_of(table.zone)
    at = time.fromisoformat(table.digest) if table.digest else REMINDING
    today = now.astimezone(zone).date()
    for distance in range(8):
        day = today - timedelta(days=distance)
        if DAYS[day.weekday()] in table.days:
            moment = instant(day, at, zone)
            moment = table.quiet_until(moment) or moment
            if moment <= now:
                return moment
    return None


def gathered(
    tasks: Iterable[Task],
    table: ChannelTable,
    *,
    channel: str,
    since: datetime,
    now: datetime,
    people: Mapping[str, str],
) -> Morning:
    """What there is to say of a channel's tasks; `people` are Slack user ids by GitLab username."""
    known = list(tasks)
    night = [one for one in known if _ended_in(one, since, now)] if table.digest else []
    ready = tuple(one for one in night if one.state is TaskState.IN_REVIEW and one.opened)
    lost = tuple(one for one in night if one.state in _LOST)
    merged = sum(
        table.digest != "" and one.state is TaskState.MERGED and since < one.updated_at <= now
        for one in known
    )
    moved = bool(ready or lost or merged)
    reminders = [found for one in known if (found := _reminder(one, table, now=now, people=people))]
    return Morning(
        channel=channel,
        day=now.astimezone(zone_of(table.zone)).date(),
        ready=ready,
        lost=lost,
        merged=merged,
        waiting=tuple(one for one in known if _stands_still(one)) if moved else (),
        reminders=tuple(sorted(reminders, key=lambda one: one.since)),
    )


def overdue(table: ChannelTable, since: datetime, now: datetime) -> bool:
    """Whether what waits since then waits for too long; days count where they are the channel's own."""
    found = AGE.fullmatch(table.remind)
    if found is None:
        return False
    count, unit = int(found[1]), found[2]
    if unit == "hour":
        return now - since >= timedelta(hours=count)
    moment, zone = since, zone_of(table.zone)
    while count and moment <= now:
        moment += timedelta(days=1)
        count -= DAYS[moment.astimezone(zone).weekday()] in table.days
    return not count and moment <= now


def _ended_in(task: Task, since: datetime, now: datetime) -> bool:
    run = task.run
    if run is None or run.ended_at is None or not since < run.ended_at <= now:
        return False
    return task.state is not TaskState.IN_REVIEW or run.state is RunState.DELIVERED


def _stands_still(task: Task) -> bool:
    held = task.run is not None and task.run.state is RunState.HELD and task.state is TaskState.RUNNING
    return task.state in _OPEN or held


def _reminder(
    task: Task, table: ChannelTable, *, now: datetime, people: Mapping[str, str]
) -> Reminder | None:
    request, since = task.merge_request, _waits_since(task)
    standing = task.standing or Standing()
    if task.state is not TaskState.IN_REVIEW or request is None or since is None:
        return None
    # after a request for changes, or an approval, it is not the reviewer who keeps it waiting
    asked = request.state is MergeRequestState.OPENED and not request.draft
    if not asked or standing.approvers or standing.changes_wanted or not overdue(table, since, now):
        return None
    known = tuple(dict.fromkeys(people[one] for one in standing.reviewers if one in people))
    others = tuple(one for one in standing.reviewers if one not in people)
    return Reminder(task=task, since=since, people=known, others=others)


def _waits_since(task: Task) -> datetime | None:
    """The end of the run that delivered it; records from before this was kept know only the last run."""
    return task.delivered_at or (task.run.ended_at if task.run else None)
