"""Where a reviewer should look first: what is open, assumed or found, most doubtful first."""

from jobs.domain.run import Run
from jobs.domain.verdict import CheckStatus, EvidenceStatus, Strength

_DOUBTFUL = frozenset({CheckStatus.FAILED, CheckStatus.WARNING, CheckStatus.NOT_AVAILABLE})


def look_first(run: Run) -> list[tuple[str, str]]:
    """Places and reasons: open criteria, findings, assumptions, weak proofs, then the largest files."""
    return [*_open_criteria(run), *_findings(run), *_assumptions(run), *_weak(run), *_largest(run)]


def _open_criteria(run: Run) -> list[tuple[str, str]]:
    evidence = run.verdict.evidence if run.verdict else ()
    return [(one.criterion, one.reason) for one in evidence if one.status is not EvidenceStatus.PROVEN]


def _findings(run: Run) -> list[tuple[str, str]]:
    checks = [one for one in (run.verdict.checks if run.verdict else ()) if one.status in _DOUBTFUL]
    checks.sort(key=lambda one: one.status is not CheckStatus.FAILED)
    places = []
    for check in checks:
        for finding in check.findings[:3]:
            where = f"{finding.path}:{finding.line}" if finding.line else finding.path or check.name
            places.append((where, finding.text))
        if not check.findings:
            places.append((check.name, check.summary))
    return places


def _assumptions(run: Run) -> list[tuple[str, str]]:
    return [(f"assumption {one.id}", f"{one.text} Assumed: {one.chosen}") for one in run.assumptions]


def _weak(run: Run) -> list[tuple[str, str]]:
    evidence = run.verdict.evidence if run.verdict else ()
    return [(one.criterion, one.reason) for one in evidence if one.strength is Strength.WEAK]


def _largest(run: Run) -> list[tuple[str, str]]:
    files = run.patch.files if run.patch else ()
    ranked = sorted(files, key=lambda one: (-(one.added + one.removed), one.path))
    return [(one.path, f"{one.added} lines added, {one.removed} removed") for one in ranked[:2]]
