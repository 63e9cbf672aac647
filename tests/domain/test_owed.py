"""What GitLab refuses to take stays owed: tried for ever, ever less often, and told once."""

from datetime import timedelta

from jobs.domain.owed import FIRST, LONGEST, TOLD_AFTER, Owed, due, newly_told, refused
from tests.factories import NOON


def test_it_is_tried_for_ever_ever_less_often_and_told_once() -> None:
    now, owed, told = NOON, None, 0
    moments = []
    for _ in range(40):
        before: Owed | None = owed
        owed = refused(before, "No.", now)
        told += newly_told(before, owed)
        assert not due(owed, now), "not at once"
        assert owed.told is (now - NOON >= TOLD_AFTER)
        moments.append(owed.again - now)
        now = owed.again
        assert due(owed, now), "and then again"
    assert (moments[0], moments[-1], told) == (FIRST, LONGEST, 1)
    assert moments == sorted(moments)


def test_what_was_taken_begins_anew() -> None:
    assert due(None, NOON)
    again = refused(None, "No.", NOON + timedelta(days=1))
    assert (again.since, again.told) == (NOON + timedelta(days=1), False)
