"""What counts as proof depends on the kind of change."""

import pytest

from jobs.domain.verdict import Author, EvidenceStatus, Outcome, Strength, VerdictStatus
from jobs.errors import Stop
from jobs.stages.verify import baseline
from tests.stages.test_verify import BASE, NEW_TESTS, RIGHT, WRONG
from tests.verification import Workshop, check, proof, spec, told, workshop

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRIPLE = WRONG + "\n\ndef triple(number: int) -> int:\n    return number * 3\n"


async def test_a_feature_is_shown_by_the_name_it_defines_and_a_fault_that_is_caught(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    new = "from billing import triple\n\n\ndef test_triple():\n    assert triple(5) == 15\n"
    head = await shop.commit({"billing.py": TRIPLE, "tests/test_triple.py": new}, on=base)
    verdict = await shop.verify(spec("feature"), base, head, {"AC1": "tests/test_triple.py::test_triple"})
    one = proof(verdict)
    assert (one.status, one.strength) == (EvidenceStatus.PROVEN, Strength.STRONG), told(verdict)
    assert (one.base, one.head, one.proof.by) == (Outcome.ERROR, Outcome.PASSED, Author.ENGINE)


@pytest.mark.cases
async def test_a_feature_whose_test_only_imports_is_not_proven(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    new = "from billing import triple\n\n\ndef test_triple():\n    triple(5)\n"
    head = await shop.commit({"billing.py": TRIPLE, "tests/test_triple.py": new}, on=base)
    verdict = await shop.verify(spec("feature"), base, head, {"AC1": "tests/test_triple.py::test_triple"})
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN, told(verdict)
    assert verdict.status is VerdictStatus.UNPROVEN


@pytest.mark.cases
async def test_new_tests_must_catch_what_the_old_ones_miss(shop: Workshop) -> None:
    base = await shop.commit({"billing.py": TRIPLE, "tests/test_billing.py": BASE["tests/test_billing.py"]})
    new = "from billing import double, triple\n\n\ndef test_triple():\n    assert triple(5) == 15\n"
    again = "\n\ndef test_double_again():\n    assert double(4) == 8\n"
    head = await shop.commit({"tests/test_more.py": new + again}, on=base)
    good = await shop.verify(spec("tests"), base, head, {"AC1": "tests/test_more.py::test_triple"})
    assert proof(good).status is EvidenceStatus.PROVEN, told(good)
    assert proof(good).strength is Strength.STRONG
    useless = await shop.verify(spec("tests"), base, head, {"AC1": "tests/test_more.py::test_double_again"})
    assert proof(useless).status is EvidenceStatus.NOT_PROVEN, told(useless)


async def test_a_refactoring_gives_the_same_results_on_both_sides(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": WRONG.replace("number * 2", "number + number")}, on=base)
    verdict = await shop.verify(spec("refactor"), base, head)
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
    assert proof(verdict).strength is Strength.WEAK


@pytest.mark.cases
async def test_a_persons_test_on_the_target_base_is_a_persons_proof(shop: Workshop) -> None:
    base = await shop.commit({**BASE, "tests/test_half.py": NEW_TESTS})
    head = await shop.commit({"billing.py": RIGHT}, on=base)
    node = "tests/test_half.py::test_half_up"
    verdict = await shop.verify(spec(tests=(node,)), base, head)
    one = proof(verdict)
    assert (one.status, one.proof.by) == (EvidenceStatus.PROVEN, Author.PERSON), told(verdict)
    assert one.strength is Strength.STRONG


async def test_commands_and_reviews_are_proofs_too(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"README.md": "Totals round half up.\n"}, on=base)
    criteria = [
        {"id": "AC1", "text": "It is written down", "proof": {"command": "grep -q 'half up' README.md"}},
        {"id": "AC2", "text": "It reads well", "proof": {"review": True}},
        {"id": "AC3", "text": "It is short", "proof": None},
    ]
    verdict = await shop.verify(spec("docs", criteria=criteria), base, head)
    assert proof(verdict, "AC1").status is EvidenceStatus.PROVEN, told(verdict)
    assert "person" in proof(verdict, "AC2").reason
    assert proof(verdict, "AC3").status is EvidenceStatus.NOT_PROVEN
    assert verdict.status is VerdictStatus.UNPROVEN


@pytest.mark.cases
async def test_code_goes_with_its_test(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    code = WRONG.replace("\n\ndef double(number: int) -> int:\n    return number * 2\n", "")
    tests = "from billing import total\n\n\ndef test_two():\n    assert str(total('2.671')) == '2.67'\n"
    head = await shop.commit({"billing.py": code, "tests/test_billing.py": tests}, on=base)
    verdict = await shop.verify(spec("refactor"), base, head)
    assert verdict.status is not VerdictStatus.REJECTED, told(verdict)
    assert "removes" in check(verdict, "suite").findings[0].text


async def test_unittest_is_used_where_pytest_is_missing() -> None:
    with workshop(None) as shop:
        old = (
            "import unittest\nimport billing\n\n\nclass Old(unittest.TestCase):\n    def test_double(self):\n"
        )
        old += "        self.assertEqual(billing.double(4), 8)\n"
        new = "import unittest\nimport billing\n\n\nclass Half(unittest.TestCase):\n    def test_up(self):\n"
        new += "        self.assertEqual(str(billing.total('2.665')), '2.67')\n"
        base = await shop.commit({"billing.py": WRONG, "tests/__init__.py": "", "tests/test_old.py": old})
        head = await shop.commit({"billing.py": RIGHT, "tests/test_half.py": new}, on=base)
        verdict = await shop.verify(spec(), base, head, {"AC1": "tests.test_half.Half.test_up"})
        assert verdict.status is VerdictStatus.PASSED, told(verdict)
        assert proof(verdict).strength is Strength.STRONG  # faults in the changed line were caught


async def test_a_target_base_whose_tests_cannot_run_stops_before_any_spend(shop: Workshop) -> None:
    base = await shop.commit({"tests/test_it.py": "import not_installed\n\n\ndef test_it():\n    assert 1\n"})
    with pytest.raises(Stop) as stopped:
        await baseline(
            spec=spec(),
            repository=shop.repository,
            target_base=base,
            environment=shop.environment,
            suite=(),
            workspaces=shop.workspaces,
            cache=shop.cache,
            note=shop.steps,
        )
    assert "shop/billing" in stopped.value.reason
    assert "environment" in stopped.value.remedy
