"""When a channel's morning is due, and what stands in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jobs.domain.morning import due, gathered, overdue
from jobs.domain.reviewing import ChannelTable
from jobs.domain.run import RunState
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState, Waiting
from jobs.domain.window import DAYS
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_task, a_verdict

BERLIN = {"zone": "Europe/Berlin"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def a_channel(**table: Any) -> ChannelTable:
    return ChannelTable.model_validate({"digest": "07:30", **BERLIN, **table})


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-02T07:29:59+01:00", "2026-10-30T07:30:00+01:00"),  # Monday; Friday was the last one
        ("2026-11-02T07:30:00+01:00", "2026-11-02T07:30:00+01:00"),
        ("2026-11-07T12:00:00+01:00", "2026-11-06T07:30:00+01:00"),  # Saturday
        ("2026-03-30T07:30:00+02:00", "2026-03-30T07:30:00+02:00"),  # the Monday after the clocks went on
    ],
)
def test_a_morning_is_due_on_working_days(now: str, moment: str) -> None:
    assert due(a_channel(), at(now)) == at(moment)


def test_a_time_that_the_clocks_skip_is_the_moment_they_skip_it() -> None:
    table = a_channel(digest="02:30", days=DAYS)
    assert due(table, at("2026-03-29T12:00:00+02:00")) == at("2026-03-29T03:00:00+02:00")


def test_a_time_that_the_clocks_show_twice_is_due_once() -> None:
    table = a_channel(digest="02:30", days=DAYS)
    first = at("2026-10-25T02:30:00+02:00")
    assert due(table, at("2026-10-25T02:45:00+01:00")) == first
    assert due(table, at("2026-10-25T02:45:00+02:00")) == first


def test_quiet_hours_come_first() -> None:
    table = a_channel(quiet="22:00-08:00")
    assert due(table, at("2026-11-02T07:45:00+01:00")) == at("2026-10-30T08:00:00+01:00")
    assert due(table, at("2026-11-02T08:00:00+01:00")) == at("2026-11-02T08:00:00+01:00")


def test_nothing_is_ever_due_where_nothing_is_set() -> None:
    assert due(ChannelTable(), NOON) is None
    assert due(ChannelTable(remind="2 days"), NOON) == datetime(2026, 11, 2, 9, tzinfo=UTC)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    later=st.timedeltas(timedelta(0), timedelta(days=9)),
    days=st.sets(st.sampled_from(DAYS), min_size=1),
    clock=st.times().map(lambda one: f"{one:%H:%M}"),
)
def test_mornings_never_go_back(now: datetime, later: timedelta, days: set[str], clock: str) -> None:
    table = a_channel(digest=clock, days=tuple(days))
    first, second = due(table, now), due(table, now + later)
    assert first is None or (second is not None and first <= second <= now + later)
    assert first is None or now - first < timedelta(days=8)


@pytest.mark.parametrize(
    ("remind", "since", "now", "late"),
    [
        ("2 days", "2026-11-02T16:00+01:00", "2026-11-04T15:59+01:00", False),
        ("2 days", "2026-11-02T16:00+01:00", "2026-11-04T16:00+01:00", True),
        ("2 days", "2026-11-06T16:00+01:00", "2026-11-09T09:00+01:00", False),  # Friday to Monday is one
        ("2 days", "2026-11-06T16:00+01:00", "2026-11-10T16:00+01:00", True),
        ("36 hours", "2026-11-02T16:00+01:00", "2026-11-04T04:00+01:00", True),
        ("1 day", "2026-11-02T16:00+01:00", "2026-11-03T09:00+01:00", False),
    ],
)
def test_only_working_days_count(remind: str, since: str, now: str, late: bool) -> None:
    assert overdue(a_channel(remind=remind), at(since), at(now)) is late


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"digest": "7:30"}, "digest must be a time of day"),
        ({"digest": "25:00"}, "digest must be a time of day"),
        ({"remind": "soon"}, "remind must be a time"),
        ({"remind": "0 days"}, "remind must be a time"),
        ({"zone": "Mars/Base"}, "no time zone of that name"),
        ({"days": []}, "at least 1 item"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(table: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ChannelTable.model_validate(table)


def ended(number: int, state: TaskState, run: RunState, *, hours: float = 1, **fields: Any) -> Task:
    task = a_task(origin=f"T/{number}", state=state, waiting=None, updated_at=NOON)
    over = {"ended_at": NOON - timedelta(hours=hours), "started_at": NOON - timedelta(hours=hours + 1)}
    made = a_run(task, state=run, patch=a_patch(), verdict=a_verdict(), **over)
    return task.note(**{"run": made, "merge_request": a_merge_request(iid=number), **fields})


def test_the_night_is_sorted_into_what_is_ready_and_what_is_not() -> None:
    ready = ended(1, TaskState.IN_REVIEW, RunState.DELIVERED)
    lost = ended(2, TaskState.STOPPED, RunState.STOPPED)
    old = ended(3, TaskState.FAILED, RunState.FAILED, hours=30)
    kept = ended(4, TaskState.IN_REVIEW, RunState.STOPPED)  # its merge request stays as it was
    waiting = a_task(origin="T/5", waiting=Waiting.BUDGET)
    found = gathered(
        (ready, lost, old, kept, waiting),
        a_channel(),
        channel="C0PAY",
        since=NOON - timedelta(hours=12),
        now=NOON,
        people={},
    )
    assert (found.ready, found.lost, found.waiting) == ((ready,), (lost,), (waiting,))
    assert not found.empty


def test_nothing_happened_is_nothing_to_say() -> None:
    tasks = (a_task(), ended(1, TaskState.IN_REVIEW, RunState.DELIVERED, hours=30))
    found = gathered(
        tasks, a_channel(), channel="C0PAY", since=NOON - timedelta(hours=12), now=NOON, people={}
    )
    assert found.empty
    assert found.waiting == ()


def test_reviews_that_wait_name_whom_they_wait_for() -> None:
    standing = Standing(reviewers=("ana", "zoe"))
    late = ended(1, TaskState.IN_REVIEW, RunState.DELIVERED, hours=100, standing=standing)
    approved = ended(
        2, TaskState.IN_REVIEW, RunState.DELIVERED, hours=100, standing=Standing(approvers=("ana",))
    )
    drafted = ended(
        3, TaskState.IN_REVIEW, RunState.DELIVERED, hours=100, merge_request=a_merge_request(draft=True)
    )
    found = gathered(
        (late, approved, drafted),
        a_channel(remind="2 days", digest=""),
        channel="C0PAY",
        since=NOON - timedelta(hours=12),
        now=NOON,
        people={"ana": "U0ANA"},
    )
    (one,) = found.reminders
    assert (one.task, one.people, one.others) == (late, ("U0ANA",), ("zoe",))


def test_a_rework_that_came_to_nothing_does_not_begin_the_wait_anew() -> None:
    delivered = NOON - timedelta(hours=100)
    fields: dict[str, Any] = {"standing": Standing(reviewers=("zoe",)), "delivered_at": delivered}
    tried = ended(1, TaskState.IN_REVIEW, RunState.STOPPED, hours=1, **fields)
    found = gathered((tried,), a_channel(remind="2 days", digest=""), **_now())
    assert [one.since for one in found.reminders] == [delivered]


def _now() -> dict[str, Any]:
    return {"channel": "C0PAY", "since": NOON - timedelta(hours=12), "now": NOON, "people": {}}
