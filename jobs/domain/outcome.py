"""What came of runs, by what they were told, what their spec began with, and which engine wrote."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from math import sqrt
from typing import Final

from jobs.domain.base_model import Frozen
from jobs.domain.run import Purpose
from jobs.domain.spec import Kind

ENOUGH: Final = 20
"""Decided tasks below which two groups are not compared."""
NORMAL: Final = 1.96
"""For an interval that holds the true rate 95 times in 100."""


class By(StrEnum):
    """What runs are grouped by."""

    PROMPTS = "prompts"
    """Version of what this installation tells models."""
    STARTER = "spec template"
    """The text that the form began with, and its version."""
    ENGINE = "engine"
    """Engine and model."""


class RunOutcome(Frozen):
    """One ended run."""

    task: str
    """Task id."""
    number: int
    """Which run of the task, from 1."""
    purpose: Purpose = Purpose.CHANGE
    """What it was for."""
    kind: Kind
    """Sort of change."""
    repository: str
    """Full path of the project."""
    state: str
    """How it ended."""
    usd: float
    """What it cost, in US dollars."""
    rounds: int
    """Generate-and-verify turns."""
    library: str = ""
    """Version of what this installation told models."""
    templates: str = ""
    """Version with the repository's own words."""
    trial: bool = False
    """True when the task was in the trial."""
    starter: str = ""
    """Such as bugfix/crash@1a2b3c4; empty when it began with nothing."""
    gaps: int = 0
    """Gaps of its spec, as it was queued."""
    engine: str = ""
    """Engine and model."""
    proven: int = 0
    """Criteria proven."""
    criteria: int = 0
    """Criteria in all."""
    at: datetime
    """When it ended."""


class Ended(StrEnum):
    """What became of a task that is decided."""

    MERGED = "merged"
    CLOSED = "closed"
    REJECTED = "rejected"
    STOPPED = "stopped"


class Group(Frozen):
    """Tasks of one version."""

    name: str
    """The version."""
    tasks: int
    """How many tasks were written with it."""
    decided: int
    """How many of them were merged, closed, rejected or stopped."""
    merged: int
    """How many were merged."""
    low: float | None
    """Lower end of the merge rate's interval; None when nothing is decided."""
    high: float | None
    """Upper end."""
    reworks: float
    """Further runs per task: what reviews and pipelines asked for."""
    rounds: float
    """Rounds of a task's first writing."""
    gaps: float
    """Gaps that a spec was queued with."""
    usd_per_merged: float | None
    """What all its tasks cost, per merged one; None when none is merged."""
    proven: float | None
    """Share of the criteria that are proven; None without criteria."""

    @property
    def rate(self) -> float | None:
        """Merged of what is decided."""
        return self.merged / self.decided if self.decided else None


class Comparison(Frozen):
    """Groups side by side, and what may be said of them."""

    by: By
    """What they differ in."""
    groups: tuple[Group, ...]
    """Most tasks first."""
    says: str
    """Whether they can be told apart, as a sentence; empty for one group."""


def compared(by: By, runs: Iterable[RunOutcome], ends: Mapping[str, Ended]) -> Comparison:
    """Tasks grouped by the version that their change was written with; `ends` holds those decided."""
    tasks: dict[str, list[RunOutcome]] = {}
    for one in runs:
        tasks.setdefault(one.task, []).append(one)
    groups: dict[str, list[list[RunOutcome]]] = {}
    for of_task in tasks.values():
        groups.setdefault(_NAMES[by](_written(of_task)), []).append(of_task)
    found = sorted((_group(name, one, ends) for name, one in groups.items()), key=lambda one: -one.tasks)
    return Comparison(by=by, groups=tuple(found), says=_verdict(found))


def interval(merged: int, decided: int) -> tuple[float, float]:
    """Wilson's interval of a rate, see https://doi.org/10.1080/01621459.1927.10502953; decided is not 0."""
    rate, square = merged / decided, NORMAL**2
    middle = rate + square / (2 * decided)
    reach = NORMAL * sqrt((rate * (1 - rate) + square / (4 * decided)) / decided)
    whole = 1 + square / decided
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def _written(runs: Sequence[RunOutcome]) -> RunOutcome:
    """The run that wrote what came of the task: the last one that was to make the change."""
    changes = [one for one in runs if one.purpose is Purpose.CHANGE]
    return max(changes or runs, key=lambda one: one.number)


def _group(name: str, tasks: Sequence[Sequence[RunOutcome]], ends: Mapping[str, Ended]) -> Group:
    ids = [runs[0].task for runs in tasks]
    decided = sum(one in ends for one in ids)
    merged = sum(ends.get(one) is Ended.MERGED for one in ids)
    low, high = interval(merged, decided) if decided else (None, None)
    written = [_written(runs) for runs in tasks]
    criteria = sum(one.criteria for one in written)
    further = sum(one.purpose in (Purpose.REWORK, Purpose.FIX) for runs in tasks for one in runs)
    usd = sum(one.usd for runs in tasks for one in runs)
    return Group(
        name=name,
        tasks=len(tasks),
        decided=decided,
        merged=merged,
        low=low,
        high=high,
        reworks=further / len(tasks),
        rounds=sum(one.rounds for one in written) / len(tasks),
        gaps=sum(one.gaps for one in written) / len(tasks),
        usd_per_merged=usd / merged if merged else None,
        proven=sum(one.proven for one in written) / criteria if criteria else None,
    )


def _verdict(groups: Sequence[Group]) -> str:
    if len(groups) < 2:
        return ""
    known = [one for one in groups if one.decided >= ENOUGH]
    if len(known) < 2:
        return f"Too few to compare: two need at least {ENOUGH} decided tasks each."
    best, other = sorted(known, key=lambda one: one.rate or 0.0, reverse=True)[:2]
    if (best.low or 0.0) > (other.high or 0.0):
        return f"{best.name} is merged more often than {other.name}."
    return f"{best.name} and {other.name} cannot be told apart by their merge rates yet."


_NAMES: Final[Mapping[By, Callable[[RunOutcome], str]]] = {
    By.PROMPTS: lambda one: f"{one.library or one.templates or 'unknown'}{' (trial)' if one.trial else ''}",
    By.STARTER: lambda one: one.starter or "no template",
    By.ENGINE: lambda one: one.engine or "unknown",
}
