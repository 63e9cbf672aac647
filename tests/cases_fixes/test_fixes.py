"""Real fixes: a fix with its test passes, the test alone is rejected, `assert True` proves nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from jobs.domain.spec import Spec
from jobs.domain.verdict import Strength, Verdict, VerdictStatus
from tests.cases_fixes.build import NOTHING_NODE, Case, Commits, build, names, read
from tests.verification import Workshop, build_environment, proof, told, workshop

pytestmark = [pytest.mark.cases, pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Fix:
    case: Case
    commits: Commits
    workshop: Workshop

    async def verify(self, head: str, tests: tuple[str, ...]) -> Verdict:
        spec = Spec.model_validate(
            {
                "kind": "bugfix",
                "title": self.case.title,
                "repository": self.case.project,
                "goal": self.case.goal,
                "criteria": [{"id": "AC1", "text": self.case.criterion, "proof": {"tests": tests}}],
            }
        )
        return await self.workshop.verify(spec, self.commits.target_base, head)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=names())
async def fix(request: pytest.FixtureRequest, built: str) -> AsyncIterator[Fix]:
    case = read(request.param)
    with workshop(built, suite=case.suite) as shop:
        yield Fix(case, await build(case, shop.folder), shop)


@pytest.fixture(scope="module")
def built() -> str:
    return build_environment()


async def test_the_fix_with_its_test_passes(fix: Fix) -> None:
    verdict = await fix.verify(fix.commits.gold, fix.case.acceptance)
    assert verdict.status is VerdictStatus.PASSED, told(verdict)


async def test_the_fix_reverted_is_rejected(fix: Fix) -> None:
    verdict = await fix.verify(fix.commits.reverted, fix.case.acceptance)
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)


async def test_the_test_alone_is_rejected(fix: Fix) -> None:
    verdict = await fix.verify(fix.commits.test_only, fix.case.acceptance)
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)


async def test_a_test_that_asserts_nothing_is_not_strong(fix: Fix) -> None:
    verdict = await fix.verify(fix.commits.assert_true, (NOTHING_NODE,))
    assert verdict.status is VerdictStatus.UNPROVEN, told(verdict)
    assert proof(verdict).strength is not Strength.STRONG
