"""Real changes through the real sandbox: what is proven, what is not, what is rejected."""

import pytest

from jobs.domain.verdict import CheckStatus, EvidenceStatus, Outcome, Strength, VerdictStatus
from tests.verification import Workshop, check, proof, spec, told

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRONG = '''"""Totals."""

from decimal import ROUND_HALF_EVEN, Decimal


def total(amount: str) -> Decimal:
    """Round to cents."""
    return Decimal(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def double(number: int) -> int:
    return number * 2
'''
RIGHT = WRONG.replace("ROUND_HALF_EVEN", "ROUND_HALF_UP")
OLD_TESTS = """from billing import double, total


def test_two():
    assert str(total("2.671")) == "2.67"


def test_double():
    assert double(4) == 8
"""
NEW_TESTS = """from billing import total


def test_half_up():
    assert str(total("2.665")) == "2.67"
"""
BASE = {"billing.py": WRONG, "tests/test_billing.py": OLD_TESTS}
NODE = "tests/test_half.py::test_half_up"


async def test_a_fix_with_a_test_that_fails_before_it_is_proven_and_strong(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": RIGHT, "tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
    one = proof(verdict)
    assert (one.status, one.strength) == (EvidenceStatus.PROVEN, Strength.STRONG), told(verdict)
    assert (one.base, one.head) == (Outcome.FAILED, Outcome.PASSED)
    assert check(verdict, "suite").status is CheckStatus.PASSED


async def test_the_test_without_the_fix_is_rejected(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(tests=(NODE,)), base, head)
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert proof(verdict).status is EvidenceStatus.CONTRADICTED


@pytest.mark.cases
async def test_a_fix_whose_test_asserts_nothing_is_not_proven(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    nothing = "from billing import total\n\n\ndef test_half_up():\n    total('2.665')\n    assert True\n"
    head = await shop.commit({"billing.py": RIGHT, "tests/test_half.py": nothing}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.UNPROVEN, told(verdict)
    assert proof(verdict).strength is None


async def test_a_broken_neighbour_is_named(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    broken = RIGHT.replace("number * 2", "number * 3")
    head = await shop.commit({"billing.py": broken, "tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert "tests/test_billing.py::test_double" in check(verdict, "suite").findings[0].text


@pytest.mark.cases
async def test_a_special_cased_input_is_never_strong(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    cheat = WRONG.replace(
        '    """Round to cents."""\n', '    if amount == "2.665":\n        return Decimal("2.67")\n'
    )
    head = await shop.commit({"billing.py": cheat, "tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert proof(verdict).strength is not Strength.STRONG, told(verdict)
    assert "special-cased" in {one.rule for one in check(verdict, "integrity").findings}
