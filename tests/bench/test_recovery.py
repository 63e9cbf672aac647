"""How long a run stood still: only what a blow caused counts, up to the write of whoever went on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bench.chaos.recovery import Blow, gaps_of
from jobs.domain.event import GENESIS, Event, seal

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def event(seconds: float, kind: str = "run.noted", state: str = "running", **facts: Any) -> Event:
    return seal(task="cg-1", seq=0, at=at(seconds), kind=kind, facts={"state": state, **facts}, prev=GENESIS)


def taken(seconds: float, pid: int, **facts: Any) -> Event:
    return event(seconds, "lease.taken", owner=f"host:{pid}:abc", **facts)


def killed(seconds: float, pid: int) -> Blow:
    return Blow(at(seconds).timestamp(), pid, "worker1 killed")


def frozen(seconds: float, pid: int, woke: float) -> Blow:
    return Blow(at(seconds).timestamp(), pid, "worker1 frozen", woke=at(woke).timestamp())


def seconds_of(history: list[Event], *blows: Blow) -> list[float]:
    return [round(one.seconds, 1) for one in gaps_of(history, blows)]


def test_from_the_kill_to_the_next_owner() -> None:
    history = [taken(0, 7), event(3, "run.verifying", run_state="verifying"), taken(14, 8)]
    assert seconds_of(history, killed(4, 7)) == [10.0]
    (gap,) = gaps_of(history, [killed(4, 7)])
    assert str(gap) == "cg-1 while verifying, worker1 killed at 12:00:04: 10.0 s"


def test_a_blow_after_the_run_or_before_it_is_none_of_its() -> None:
    ended = event(3, "run.stopped", "stopped")
    assert seconds_of([taken(0, 7), ended, taken(60, 7)], killed(20, 7)) == []
    assert seconds_of([taken(10, 7), taken(30, 8)], killed(5, 7)) == []


def test_a_frozen_owner_that_nobody_replaced_goes_on_itself() -> None:
    late = event(12, "run.generating", run_state="generating")
    written_while_freezing = event(2.2)
    assert seconds_of([taken(0, 7), written_while_freezing, late], frozen(2, 7, woke=11)) == [9.0]


def test_whoever_replaced_a_frozen_owner_is_waited_for() -> None:
    assert seconds_of([taken(0, 7), taken(12.5, 8)], frozen(2, 7, woke=14)) == [10.5]


def test_each_owner_in_a_row_is_measured_from_its_own_blow() -> None:
    history = [taken(0, 7), taken(11, 8), taken(25, 9)]
    assert seconds_of(history, killed(1, 7), killed(12, 8), killed(20, 7)) == [10.0, 13.0]
