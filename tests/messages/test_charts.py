"""The team's charts: what no bar may say."""

from datetime import date

import pytest

from jobs.domain.team import Week
from jobs.messages.team import charts
from tests.factories import NOON


@pytest.mark.parametrize(
    ("week", "value", "mark"),
    [
        (Week(start=date(2026, 11, 16), usd=13.3), 13.3, "$13.30"),
        (Week(start=date(2026, 11, 16), usd=13.3, priced=False), 13.3, "≥ $13.30"),
        (Week(start=date(2026, 11, 16), usd=0.0, priced=False), None, "–"),
        (Week(start=date(2026, 11, 16), usd=0.0), 0.0, "$0.00"),
    ],
)
def test_a_price_that_is_not_known_is_not_drawn_as_nothing(
    week: Week, value: float | None, mark: str
) -> None:
    cost = next(one for one in charts([week], NOON) if one.name == "cost")

    assert (cost.series[0].values, cost.series[0].marks) == ((value,), (mark,))
