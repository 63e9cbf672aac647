"""When to look at a merge request again: seconds after a push, minutes later, slower with age; pure."""

import hashlib
from datetime import datetime, timedelta

from jobs.domain.review import MergeRequestState, PipelineStatus
from jobs.domain.watched import Watched

FREELY = 100
"""Merge requests up to which nothing is stretched; five times as many are looked at a fifth as often."""

SOON = timedelta(seconds=15)
"""Between two looks while something is likely to happen."""

FULL = timedelta(minutes=10)
"""How old a whole look may become: GitLab does not count everything as a change."""

FORGOTTEN = timedelta(days=30)
"""How long a closed merge request is watched for being opened again."""

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_CHECKED = ((15 * _MINUTE, SOON), (2 * _HOUR, _MINUTE), (30 * _DAY, 5 * _MINUTE))
_QUIET = ((2 * _MINUTE, SOON), (_HOUR, 2 * _MINUTE), (_DAY, 10 * _MINUTE))
_OLD = 20 * _MINUTE
_CLOSED = timedelta(hours=1)


def pause(watched: Watched, *, watching: int, now: datetime) -> timedelta:
    """How long to leave a merge request alone when nobody hints at it; `watching` others are open too."""
    sight = watched.sight
    age = now - (watched.active_at or now)
    if sight is not None and sight.merge_request.state is MergeRequestState.CLOSED:
        return _CLOSED
    pipeline = sight.ci if sight else None
    table = _CHECKED if pipeline and pipeline.status is PipelineStatus.PENDING else _QUIET
    chosen = next((each for until, each in table if age < until), _OLD)
    return chosen * max(1.0, watching / FREELY) if chosen < 10 * _MINUTE else chosen


def spread(task_id: str, span: timedelta) -> timedelta:
    """A span a little shorter, by the task, so that not all fall on the same moment."""
    part = hashlib.sha256(task_id.encode()).digest()[0] / 255
    return span * (1.0 - 0.2 * part)


def whole(watched: Watched, *, hinted: bool, now: datetime) -> bool:
    """True when everything is to be asked for, whatever GitLab says of the last change."""
    return hinted or watched.full_at is None or now - watched.full_at >= FULL


def forgotten(watched: Watched, now: datetime) -> bool:
    """True for a merge request that was closed so long ago that nobody waits for it."""
    sight = watched.sight
    closed = sight is not None and sight.merge_request.state is MergeRequestState.CLOSED
    return closed and watched.active_at is not None and now - watched.active_at >= FORGOTTEN
