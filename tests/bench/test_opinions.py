"""The labelled diffs: forty of them, both halves of use, and what our comparison gives on the tuning half."""

from bench.opinions import found_by_reading, load, score


def test_there_are_forty_and_each_of_its_own() -> None:
    cases = load()
    assert len(cases) >= 40
    assert len({one.diff for one in cases}) == len(cases)
    for half in ("tuning", "held out"):
        some = [one for one in cases if one.half == half]
        assert len(some) >= 10
        assert any(one.readback for one in some)
        assert any(not one.readback for one in some)
        assert any(not one.boundaries for one in some)


def test_a_change_that_made_the_comparison_worse_is_noticed() -> None:
    tuned = [(one.readback, found_by_reading(one)) for one in load() if one.half == "tuning"]
    right, found, there = score(tuned)
    assert right / found >= 0.9
    assert right / there >= 0.85
