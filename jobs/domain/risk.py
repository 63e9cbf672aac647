"""How much a change asks of its reviewer: a tier and minutes, from facts of the verdict alone.

Minutes = 2 + 1 per file + 1 per 25 changed lines (of them at most 1,000 count)
          + 1 per finding that doubts the change (at most 20) + 1 per uncovered place (at most 10)
          + 2 per surviving fault (at most 10) + 3 per assumption + 3 per criterion not strongly proven.

Points  = 1 from 100 changed lines, 2 from 400 + 1 from 6 files, 2 from 15
          + 1 for any uncovered place, 2 from 5 + 1 for any surviving fault, 2 from 4
          + 1 for any assumption + 1 for any finding of a check that guards the repository (_HEAVY)
          + 2 for any failed check + 2 for any criterion that is not proven, 1 for a weak proof.
Low: 0 to 1 points. Medium: 2 to 4. High: 5 and more.
"""

from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.run import Run
from jobs.domain.verdict import Check, CheckStatus, EvidenceStatus, Strength, Verdict

UNCOVERED = "uncovered"
"""Rule of a finding about changed lines that no test runs."""
SURVIVED = "mutant-survived"
"""Rule of a finding about a fault that no test notices."""

_DOUBTS = frozenset({CheckStatus.FAILED, CheckStatus.WARNING})
_HEAVY = frozenset({"policy", "integrity", "security", "dependencies", "interface"})


class Tier(StrEnum):
    """How carefully to look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Risk(Frozen):
    """What a review will ask for."""

    tier: Tier
    """How carefully to look."""
    minutes: int
    """Estimated time, in minutes."""
    reasons: tuple[str, ...]
    """What raised the tier, in words."""


def risk(run: Run) -> Risk:
    """The risk of the whole change as a run leaves it; the formula stands at the top of this module."""
    files, lines = run.extent.files, run.extent.added + run.extent.removed
    checks = run.verdict.checks if run.verdict else ()
    uncovered, survived = _count(checks, UNCOVERED), _count(checks, SURVIVED)
    doubts = sum(len(one.findings) for one in checks if one.status in _DOUBTS) - uncovered - survived
    weak, open_ = _evidence(run.verdict)
    assumed = sum(not one.settled_by for one in run.assumptions)
    minutes = 2 + files + min(lines, 1000) // 25 + min(doubts, 20) + min(uncovered, 10)
    minutes += 2 * min(survived, 10) + 3 * assumed + 3 * (weak + open_)
    heavy = [one.name for one in checks if one.name in _HEAVY and one.status in _DOUBTS and one.findings]
    failed = [one.name for one in checks if one.status is CheckStatus.FAILED]
    points = [
        (_step(lines, 100, 400), _many(lines, "changed line", "changed lines")),
        (_step(files, 6, 15), _many(files, "file", "files")),
        (_step(uncovered, 1, 5), _many(uncovered, "place that no test runs", "places that no test runs")),
        (_step(survived, 1, 4), _many(survived, "fault that no test notices", "faults that no test notices")),
        (_step(assumed, 1, None), _many(assumed, "assumption", "assumptions")),
        (_step(len(heavy), 1, None), f"findings by {', '.join(heavy)}"),
        (2 * _step(len(failed), 1, None), f"failed: {', '.join(failed)}"),
        (2 * _step(open_, 1, None), _many(open_, "criterion not proven", "criteria not proven")),
        (_step(weak, 1, None), f"{weak} weakly proven"),
    ]
    total = sum(one for one, _ in points)
    tier = Tier.LOW if total <= 1 else Tier.MEDIUM if total <= 4 else Tier.HIGH
    ranked = sorted((one for one in points if one[0]), key=lambda one: -one[0])
    return Risk(tier=tier, minutes=minutes, reasons=tuple(words for _, words in ranked))


def _count(checks: tuple[Check, ...], rule: str) -> int:
    return sum(one.rule == rule for check in checks for one in check.findings)


def _evidence(verdict: Verdict | None) -> tuple[int, int]:
    """Weakly proven and not proven criteria."""
    found = verdict.evidence if verdict else ()
    open_ = sum(one.status is not EvidenceStatus.PROVEN for one in found)
    return sum(one.strength is Strength.WEAK for one in found), open_


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _step(value: int, one: int, two: int | None) -> int:
    return 0 if value < one else 1 if two is None or value < two else 2
