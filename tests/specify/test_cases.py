"""The labelled specs: there are enough of every kind of gap, and the gate keeps what it reached on them."""

from bench.gate import cases, counted, held_out, spec_of


def test_there_are_sixty_specs_good_and_bad_and_both_halves_have_both() -> None:
    found = cases()

    assert len(found) == 60
    assert len({one["id"] for one in found}) == 60
    assert all(spec_of(one).title for one in found)
    for half in (True, False):
        chosen = [one for one in found if held_out(one) is half]
        assert len(chosen) >= 24
        assert 0.3 < sum(bool(one["gaps"]) for one in chosen) / len(chosen) < 0.7


def test_the_gate_is_as_good_as_it_was_on_specs_it_was_not_tuned_on() -> None:
    tally = counted([one for one in cases() if held_out(one)])
    right, wrong, missed = (sum(one[kind] for one in tally.values()) for kind in ("right", "wrong", "missed"))

    assert right / (right + wrong) >= 0.9, "precision over all rules"
    assert right / (right + missed) >= 0.9, "recall over all rules"
