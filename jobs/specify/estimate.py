"""What a spec will probably cost, from what was like it; pure."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from jobs.domain.estimate import Basis, Estimate, Outcome, Range
from jobs.domain.spec import Kind

ENOUGH: Final = 3
"""Past runs below which a wider group is asked."""

NO_HISTORY: Final = Estimate(
    usd=Range(median=0.5, p80=2.0),
    tokens=Range(median=150_000, p80=600_000),
    minutes=Range(median=6, p80=20),
    rounds=Range(median=1, p80=2),
    basis=Basis.NO_HISTORY,
    runs=0,
)
"""What is said before anything has run."""


def estimate(kind: Kind, repository: str, past: Sequence[Outcome]) -> Estimate:
    """Median and 80th percentile of the narrowest group of past runs that has enough of them."""
    same = [one for one in past if one.kind is kind]
    groups = (
        (Basis.KIND_AND_REPOSITORY, [one for one in same if one.repository == repository]),
        (Basis.KIND, same),
        (Basis.ALL, list(past)),
    )
    for basis, runs in groups:
        if len(runs) >= ENOUGH:
            return Estimate(
                usd=_range([one.usd for one in runs]),
                tokens=_range([one.tokens for one in runs]),
                minutes=_range([one.minutes for one in runs]),
                rounds=_range([one.rounds for one in runs]),
                basis=basis,
                runs=len(runs),
            )
    return NO_HISTORY


def _range(values: Sequence[float]) -> Range:
    ranked = sorted(values)
    middle = len(ranked) // 2
    median = ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2
    return Range(median=median, p80=ranked[ceil(0.8 * len(ranked)) - 1])
