"""Go changes through the real sandbox, with Go itself."""

from collections.abc import Iterator

import pytest

from jobs.domain.verdict import CheckStatus, EvidenceStatus, Outcome, Strength, VerdictStatus
from tests.toolchains.test_go import BASE, FIX
from tests.verification import Workshop, check, proof, spec, told, workshop

pytestmark = pytest.mark.cases


@pytest.fixture
def shop() -> Iterator[Workshop]:
    with workshop(None) as one:
        yield one


@pytest.mark.parametrize("node", ["totals/odd_test.go::TestOdd", "totals/TestOdd"])
async def test_a_fix_is_proven_and_its_test_notices_faults_in_the_changed_line(
    shop: Workshop, node: str
) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": node})
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
    one = proof(verdict)
    assert (one.status, one.strength) == (EvidenceStatus.PROVEN, Strength.STRONG), told(verdict)
    assert (one.base, one.head) == (Outcome.FAILED, Outcome.PASSED)
    assert check(verdict, "suite").status is CheckStatus.PASSED
    mutation = check(verdict, "mutation")
    assert (mutation.status, mutation.summary) == (
        CheckStatus.WARNING,
        "Small faults noticed by the acceptance tests: 3 of 4.",
    ), told(verdict)
