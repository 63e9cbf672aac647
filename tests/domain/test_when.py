"""Windows, cron and overlap: when a task may start, on days with 23, 24 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.checks.globs import matches
from jobs.domain.cron import Cron
from jobs.domain.overlap import overlaps
from jobs.domain.plan import Plan, cycle, cycle_sentence
from jobs.domain.window import Window, instant, zone_of

BERLIN = zone_of("Europe/Berlin")
TONIGHT = Window(opens=time(22), closes=time(6), zone="Europe/Berlin")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def at(text: str) -> datetime:
    """Wall clock in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-22T21:59:59", False),
        ("2026-11-22T22:00", True),
        ("2026-11-23T05:59", True),
        ("2026-11-23T06:00", False),
    ],
)
def test_a_window_over_midnight(now: str, is_open: bool) -> None:
    assert TONIGHT.open_at(at(now)) is is_open


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 7), (AUTUMN, 9), (date(2026, 11, 22), 8)])
def test_a_night_is_as_long_as_its_clocks_say(day: date, hours: int) -> None:
    opens = TONIGHT.next_opening(instant(day - timedelta(days=1), time(12), BERLIN))
    assert opens is not None
    closes = TONIGHT.next_closing(opens)
    assert closes is not None
    assert closes - opens == timedelta(hours=hours)


def test_a_skipped_time_is_the_moment_it_is_skipped_and_a_double_one_is_the_first() -> None:
    assert instant(SPRING, time(2, 30), BERLIN) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert instant(AUTUMN, time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_window_of_some_days_opens_on_those() -> None:
    weekend = Window(opens=time(8), closes=time(20), zone="Europe/Berlin", days=("sat", "sun"))
    assert weekend.next_opening(at("2026-11-22T21:00")) == at("2026-11-28T08:00")
    assert weekend.hours == "08:00–20:00 Europe/Berlin (sat, sun)"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_the_next_opening_is_open_and_nothing_before_it_is(
    now: datetime, opens: time, closes: time, zone: str
) -> None:
    window = Window(opens=opens, closes=closes, zone=zone)
    moment = now.replace(tzinfo=UTC)
    following = window.next_opening(moment)
    assert following is not None and moment < following <= moment + timedelta(days=2)
    if not window.open_at(moment):
        assert not window.open_at(moment + (following - moment) / 2)


@pytest.mark.parametrize(
    ("text", "now", "due"),
    [
        ("0 9 * * mon", "2026-11-22T12:00", "2026-11-23T09:00"),
        ("0 9 * * mon", "2026-11-23T09:00", "2026-11-30T09:00"),
        ("*/15 8-17 * * 1-5", "2026-11-20T17:45", "2026-11-23T08:00"),
        ("0 0 1 jan *", "2026-11-22T12:00", "2027-01-01T00:00"),
        ("0 0 13 * fri", "2026-11-14T00:00", "2026-11-20T00:00"),
        ("0 0 29 2 *", "2026-11-22T12:00", "2028-02-29T00:00"),
        ("0 6 * * fri-sun", "2026-11-22T07:00", "2026-11-27T06:00"),
        ("30 2 * * *", "2027-03-28T01:00", "2027-03-28T03:00"),
        ("5 4 * * 7", "2026-11-21T00:00", "2026-11-22T04:05"),
    ],
)
def test_the_next_occurrence(text: str, now: str, due: str) -> None:
    assert Cron.parse(text).after(at(now), BERLIN) == at(due)


def test_a_double_hour_counts_once() -> None:
    cron, first = Cron.parse("30 2 * * *"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert cron.after(first - timedelta(minutes=1), BERLIN) == first
    assert cron.after(first, BERLIN) == at("2026-10-26T02:30")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("every monday", "five fields"),
        ("61 * * * *", "minute: 61 is not within 0 and 59"),
        ("0 0 30 2 *", "no such day"),
        ("0 0 * * funday", "weekday: funday is not a number or a name"),
        ("*/0 * * * *", "no step"),
    ],
)
def test_a_bad_expression_names_its_field(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Cron.parse(text)
    with pytest.raises(ValueError, match=says):
        Plan(every=text)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("src/**", "src/tax/rates.py", True),
        ("src/", "src/a.py", True),
        ("src/*.py", "src/*.md", False),
        ("**/test_*.py", "tests/**", True),
        ("src/a.py", "src/b.py", False),
        ("docs/**", "src/**", False),
        ("a*c", "*b?", True),
        ("./README.md", "*", True),
    ],
)
def test_two_patterns_meet_or_not(one: str, other: str, both: bool) -> None:
    assert overlaps([one], [other]) is overlaps([other], [one]) is both


_PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*", "*b"]), min_size=1, max_size=4)
_PATHS = st.lists(st.sampled_from(["a", "b", "ab", "aab"]), min_size=1, max_size=4)


@given(_PATTERNS.map("/".join), _PATTERNS.map("/".join), _PATHS.map("/".join))
def test_patterns_that_cover_the_same_path_meet(one: str, other: str, path: str) -> None:
    if matches(path, [one]) and matches(path, [other]):
        assert overlaps([one], [other])


def test_a_cycle_is_named() -> None:
    edges = {"cg-a": ["cg-b", "cg-d"], "cg-b": ["cg-c"], "cg-c": ["cg-a"], "cg-d": []}
    way = cycle("cg-a", edges)
    assert way == ("cg-a", "cg-b", "cg-c", "cg-a")
    assert cycle_sentence(way).endswith("cg-a → cg-b → cg-c → cg-a")
    assert cycle("cg-d", edges) is None
    assert cycle("x", {"x": ["x"]}) == ("x", "x")
