"""Where a reviewer should look first, in the order of risk."""

from collections.abc import Iterable

from jobs.domain.risk import SURVIVED, UNCOVERED
from jobs.domain.run import Run
from jobs.domain.verdict import Check, CheckStatus, EvidenceStatus, Finding, Strength
from jobs.messages.opinions import OPINIONS

_DOUBTFUL = frozenset({CheckStatus.WARNING, CheckStatus.NOT_AVAILABLE})
_PER_CHECK = 3

Place = tuple[str, str]
"""Where, and why."""


def look_first(run: Run) -> list[Place]:
    """Places and reasons, the same place once.

    What is open or failed comes first: nothing else matters while it stands. Then, by risk: changed lines
    that no test runs, faults that no test notices, assumptions, other findings, weak proofs, largest files.
    """
    return _merged(
        [
            *_open_criteria(run),
            *_failed(run),
            *_by_rule(run, UNCOVERED),
            *_by_rule(run, SURVIVED),
            *_assumptions(run),
            *_findings(run),
            *_weak(run),
            *_largest(run),
        ]
    )


def _open_criteria(run: Run) -> list[Place]:
    evidence = run.verdict.evidence if run.verdict else ()
    return [(one.criterion, one.reason) for one in evidence if one.status is not EvidenceStatus.PROVEN]


def _failed(run: Run) -> list[Place]:
    failed = [one for one in _checks(run) if one.status is CheckStatus.FAILED]
    return [place for one in failed for place in _places(one)]


def _by_rule(run: Run, rule: str) -> list[Place]:
    found = [one for check in _checks(run) for one in check.findings if one.rule == rule]
    return [(_where(one, rule), one.text) for one in found[:_PER_CHECK]]


def _assumptions(run: Run) -> list[Place]:
    assumed = [one for one in run.assumptions if not one.settled_by]
    return [(f"assumption {one.id}", f"{one.text} Assumed: {one.chosen}") for one in assumed]


def _findings(run: Run) -> list[Place]:
    doubtful = [one for one in _checks(run) if one.status in _DOUBTFUL and not _unasked(one)]
    doubtful.sort(key=lambda one: one.status is CheckStatus.NOT_AVAILABLE)
    return [place for one in doubtful for place in _places(one)]


def _unasked(check: Check) -> bool:
    """An opinion that nobody gave is no place to look at."""
    return check.name in OPINIONS and check.status is CheckStatus.NOT_AVAILABLE


def _places(check: Check) -> list[Place]:
    if not check.findings:
        return [(check.name, check.summary)]
    own = [one for one in check.findings if one.rule not in (UNCOVERED, SURVIVED)]
    return [(_where(one, check.name), one.text) for one in own[:_PER_CHECK]]


def _weak(run: Run) -> list[Place]:
    evidence = run.verdict.evidence if run.verdict else ()
    return [(one.criterion, one.reason) for one in evidence if one.strength is Strength.WEAK]


def _largest(run: Run) -> list[Place]:
    largest = run.extent.largest[:2]
    return [(one.path, f"{one.added} lines added, {one.removed} removed") for one in largest]


def _checks(run: Run) -> tuple[Check, ...]:
    return run.verdict.checks if run.verdict else ()


def _where(finding: Finding, otherwise: str) -> str:
    return f"{finding.path}:{finding.line}" if finding.line else finding.path or otherwise


def _merged(places: Iterable[Place]) -> list[Place]:
    return list(dict.fromkeys(places))
