"""What GitLab would not let us write: tried again less and less often, never forgotten; pure."""

from datetime import datetime, timedelta

from jobs.domain.base_model import Frozen

FIRST = timedelta(minutes=1)
"""Until the second try; each further pause is twice as long."""

LONGEST = timedelta(hours=1)
"""Between two tries at the most."""

TOLD_AFTER = timedelta(minutes=15)
"""How long it must be refused before people are told: a token may be renewed meanwhile."""


class Owed(Frozen):
    """Words for the merge request that GitLab has refused so far."""

    since: datetime
    """When it first refused, with time zone."""
    again: datetime
    """When to try again."""
    reason: str
    """Why it refused last, and what a person can do about it."""
    told: bool = False
    """True once people are to know."""


def due(owed: Owed | None, now: datetime) -> bool:
    """True when writing may be tried."""
    return owed is None or owed.again <= now


def refused(owed: Owed | None, reason: str, now: datetime) -> Owed:
    """What is owed after one more refusal."""
    since = owed.since if owed else now
    pause = min(max(now - since, FIRST), LONGEST)
    return Owed(since=since, again=now + pause, reason=reason, told=now - since >= TOLD_AFTER)


def newly_told(before: Owed | None, after: Owed | None) -> bool:
    """True when people are to be told now: once, however long it lasts."""
    return after is not None and after.told and not (before is not None and before.told)
