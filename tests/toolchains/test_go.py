"""Where Go is not installed every run says so; with Go: tests/cases_toolchains."""

import shutil

import pytest

from jobs.domain.verdict import CheckStatus, VerdictStatus
from tests.verification import Workshop, check, spec, told

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

here = shutil.which("go") is not None


@pytest.mark.skipif(here, reason="Go is installed on this machine")
async def test_without_go_nothing_passes_and_the_reason_is_said(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": "totals/odd_test.go::TestOdd"})
    suite = check(verdict, "suite")
    assert suite.status is CheckStatus.NOT_AVAILABLE, told(verdict)
    assert "Go is not in the sandbox" in suite.summary
    assert verdict.status is VerdictStatus.UNPROVEN
