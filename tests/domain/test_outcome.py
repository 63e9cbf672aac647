"""Versions compared by what came of their tasks: who is counted where, and when nothing may be said."""

from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.outcome import ENOUGH, By, Ended, RunOutcome, compared, interval
from jobs.domain.run import Purpose
from jobs.domain.spec import Kind
from tests.factories import NOON


def ran(task: str, library: str = "aaaa", number: int = 1, **facts: object) -> RunOutcome:
    known = {"kind": Kind.BUGFIX, "repository": "payments/api", "state": "delivered", "usd": 0.5, "rounds": 1}
    told = {"criteria": 2, "proven": 1, "at": NOON, "task": task, "library": library, "number": number}
    return RunOutcome.model_validate(known | told | facts)


def some(name: str, merged: int, closed: int) -> tuple[list[RunOutcome], dict[str, Ended]]:
    ids = [f"{name}-{number}" for number in range(merged + closed)]
    ends = {one: Ended.MERGED if at < merged else Ended.CLOSED for at, one in enumerate(ids)}
    return [ran(one, name) for one in ids], ends


def test_a_task_counts_for_what_its_change_was_written_with_and_all_its_runs_cost() -> None:
    runs = [
        ran("cg-1", "old"),
        ran("cg-1", "new", 2, rounds=3, proven=2),
        ran("cg-1", "newest", 3, purpose=Purpose.REWORK, usd=1.0),
        ran("cg-2", "old", trial=True),
    ]
    found = {one.name: one for one in compared(By.PROMPTS, runs, {"cg-1": Ended.MERGED}).groups}
    assert set(found) == {"new", "old (trial)"}
    new = found["new"]
    assert (new.tasks, new.decided, new.merged, new.rate) == (1, 1, 1, 1.0)
    assert (new.usd_per_merged, new.reworks, new.rounds, new.proven) == (2.0, 1.0, 3.0, 1.0)
    old = found["old (trial)"]
    assert (old.decided, old.rate, old.usd_per_merged) == (0, None, None)


def test_it_says_when_there_are_too_few_and_when_there_is_a_difference() -> None:
    few, few_ends = some("aaaa", ENOUGH - 1, 0)
    many, many_ends = some("bbbb", 5, 30)
    told = compared(By.PROMPTS, [*few, *many], few_ends | many_ends).says
    assert told == f"Too few to compare: two need at least {ENOUGH} decided tasks each."
    enough, enough_ends = some("cccc", 30, 2)
    told = compared(By.PROMPTS, [*enough, *many], enough_ends | many_ends).says
    assert told == "cccc is merged more often than bbbb."
    alike, alike_ends = some("dddd", 6, 30)
    told = compared(By.PROMPTS, [*alike, *many], alike_ends | many_ends).says
    assert "cannot be told apart" in told
    assert compared(By.PROMPTS, many, many_ends).says == ""


@given(decided=st.integers(1, 5000), share=st.floats(0, 1))
def test_an_interval_holds_its_rate_and_narrows_with_more(decided: int, share: float) -> None:
    merged = round(share * decided)
    low, high = interval(merged, decided)
    assert 0 <= low <= merged / decided + 1e-9 and merged / decided <= high + 1e-9 <= 1 + 1e-9
    wider = interval(merged * 4, decided * 4)
    assert wider[1] - wider[0] <= high - low + 1e-9
