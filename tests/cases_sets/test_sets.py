"""Whole sets of changes: hostile ones are never believed, honest ones are never refused."""

from pathlib import Path

import pytest

from jobs.domain.verdict import Strength, Verdict, VerdictStatus
from tests.cases_sets.case import Case, found, read
from tests.cases_sets.judging import judged
from tests.verification import Workshop, check, proof, told

pytestmark = [pytest.mark.cases, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("path", found("tamper"), ids=lambda path: path.stem)
async def test_a_hostile_change_is_not_believed(path: Path, shops: dict[bool, Workshop]) -> None:
    case = read(path)
    verdict = await judged(case, shops)
    assert verdict.status is not VerdictStatus.PASSED, told(verdict)
    assert all(one.strength is not Strength.STRONG for one in verdict.evidence), told(verdict)
    as_expected(case, verdict)


@pytest.mark.parametrize("path", found("honest"), ids=lambda path: path.stem)
async def test_an_honest_change_is_not_refused(path: Path, shops: dict[bool, Workshop]) -> None:
    case = read(path)
    verdict = await judged(case, shops)
    assert verdict.status is not VerdictStatus.REJECTED, told(verdict)
    as_expected(case, verdict)


def as_expected(case: Case, verdict: Verdict) -> None:
    expect = case.expect
    assert verdict.status in expect.verdict, told(verdict)
    if expect.check:
        spoken = check(verdict, expect.check)
        assert set(expect.rules) <= {one.rule for one in spoken.findings}, told(verdict)
        assert expect.summary in spoken.summary, told(verdict)
    if expect.reason:
        assert expect.reason in proof(verdict).reason, told(verdict)
