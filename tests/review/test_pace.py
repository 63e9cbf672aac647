"""When to look again: soon after something happened, slower with age, never at the cost of the limits."""

from datetime import timedelta

import pytest

from jobs.domain.review import MergeRequestState, PipelineStatus
from jobs.domain.watched import Watched
from jobs.review.pace import FULL, forgotten, pause, spread, whole
from tests.factories import NOON
from tests.review.sights import a_pipeline, a_sight

PENDING = a_pipeline(PipelineStatus.PENDING)


@pytest.mark.parametrize(
    ("minutes", "checked", "seconds"),
    [(0, False, 15), (30, False, 120), (300, False, 600), (9000, False, 1200), (5, True, 15), (60, True, 60)],
)
def test_what_is_quiet_for_long_is_looked_at_seldom(minutes: int, checked: bool, seconds: int) -> None:
    sight = a_sight(pipeline=PENDING if checked else None)
    known = Watched(sight=sight, active_at=NOON - timedelta(minutes=minutes))
    assert pause(known, watching=1, now=NOON) == timedelta(seconds=seconds)


def test_many_merge_requests_share_what_gitlab_allows() -> None:
    busy = Watched(sight=a_sight(pipeline=PENDING), active_at=NOON)
    looks_a_minute = 500 / (pause(busy, watching=500, now=NOON) / timedelta(minutes=1))
    assert looks_a_minute <= 400


def test_a_closed_one_is_watched_for_a_month() -> None:
    closed = Watched(sight=a_sight(state=MergeRequestState.CLOSED), active_at=NOON)
    assert not forgotten(closed, NOON + timedelta(days=29))
    assert forgotten(closed, NOON + timedelta(days=30))
    assert not forgotten(Watched(sight=a_sight(), active_at=NOON), NOON + timedelta(days=300))


def test_everything_is_asked_for_now_and_then_and_after_a_hint() -> None:
    known = Watched(sight=a_sight(), full_at=NOON)
    assert not whole(known, hinted=False, now=NOON)
    assert whole(known, hinted=True, now=NOON)
    assert whole(known, hinted=False, now=NOON + FULL)


def test_not_all_fall_on_the_same_moment() -> None:
    spans = {spread(f"cg-{number}", timedelta(seconds=100)) for number in range(50)}
    assert len(spans) > 20
    assert all(timedelta(seconds=80) <= one <= timedelta(seconds=100) for one in spans)
