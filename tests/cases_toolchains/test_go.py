"""Go changes through the real sandbox, with Go itself."""

from collections.abc import Iterator

import pytest

from jobs.domain.verdict import CheckStatus, EvidenceStatus, Outcome, Strength, VerdictStatus
from tests.verification import Workshop, check, proof, spec, told, workshop

WRONG = "package totals\n\nfunc Half(number int) int {\n\treturn number / 2\n}\n"
RIGHT = WRONG.replace("number / 2", "(number + 1) / 2")
TEST = """package totals

import "testing"

func TestNAME(t *testing.T) {
	t.Run("case", func(t *testing.T) {
		if got := Half(INPUT); got != WANTED {
			t.Fatalf("got %d", got)
		}
	})
}
"""
OLD = TEST.replace("NAME", "Even").replace("INPUT", "4").replace("WANTED", "2")
NEW = TEST.replace("NAME", "Odd").replace("INPUT", "5").replace("WANTED", "3")
BASE = {
    "go.mod": "module example.com/shop\n\ngo 1.19\n",
    "totals/totals.go": WRONG,
    "totals/even_test.go": OLD,
}
FIX = {"totals/totals.go": RIGHT, "totals/odd_test.go": NEW}

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
