"""What others think of a change: questions at its edges, a second reading, independent tests."""

from typing import Final

from jobs.domain.run import Run
from jobs.domain.verdict import Check, CheckStatus, Finding

OPINIONS: Final = frozenset({"boundaries", "readback", "blind_tests"})
"""Checks that ask or doubt and never decide; they live in jobs/checks."""
_MOST: Final = 8


def questions(run: Run) -> list[Finding]:
    """Inputs at the edges for which the change gives something else."""
    return _findings(run, "boundaries")


def reading(run: Run) -> list[Finding]:
    """Where a reader of the change alone differs from the spec."""
    return _findings(run, "readback")


def independent(run: Run) -> str:
    """Source of the tests that were written without the change; empty when there are none."""
    found = _of(run, "blind_tests")
    return found.log if found and found.status in (CheckStatus.PASSED, CheckStatus.WARNING) else ""


def in_short(run: Run) -> list[str]:
    """One sentence for each opinion that doubts or asks."""
    checks = run.verdict.checks if run.verdict else ()
    return [one.summary for one in checks if one.name in OPINIONS and one.status is CheckStatus.WARNING]


def _findings(run: Run, name: str) -> list[Finding]:
    found = _of(run, name)
    return list(found.findings[:_MOST]) if found and found.status is CheckStatus.WARNING else []


def _of(run: Run, name: str) -> Check | None:
    checks = run.verdict.checks if run.verdict else ()
    return next((one for one in checks if one.name == name), None)
