"""Changes that try to look right: each is caught, and for the right reason."""

import pytest

from jobs.domain.verdict import CheckStatus, EvidenceStatus, Strength, VerdictStatus
from tests.stages.test_verify import BASE, NEW_TESTS, NODE, OLD_TESTS, RIGHT, WRONG
from tests.verification import Files, Workshop, check, proof, spec, told

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOOK = """import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
"""
FORGED = """
import sys
for name, module in list(sys.modules.items()):
    if name == "_pytest.runner":
        real = module.CallInfo.from_call.__func__
        def forged(cls, function, when, reraise=None):
            call = real(cls, function, when, reraise)
            call.excinfo = None
            return call
        module.CallInfo.from_call = classmethod(forged)
"""
LEAVES = WRONG.replace("def total", "import os\nos.__dict__['_' + 'exit'](0)\n\n\ndef total")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            {"billing.py": WRONG + FORGED}, "must fail was not reported as failed", id="forged-in-process"
        ),
        pytest.param({"billing.py": LEAVES}, "left no report", id="leaves-early", marks=pytest.mark.cases),
    ],
)
async def test_a_run_that_was_tampered_with_says_nothing(shop: Workshop, change: Files, reason: str) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({**change, "tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert reason in check(verdict, "acceptance").summary, told(verdict)
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN


@pytest.mark.cases
async def test_a_hook_in_conftest_is_not_used(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"tests/conftest.py": HOOK, "tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert proof(verdict).status is EvidenceStatus.CONTRADICTED


@pytest.mark.cases
async def test_a_deleted_failing_test_still_counts(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    broken = RIGHT.replace("number * 2", "number * 3")
    fewer = OLD_TESTS.replace("\n\ndef test_double():\n    assert double(4) == 8\n", "")
    head = await shop.commit(
        {"billing.py": broken, "tests/test_billing.py": fewer, "tests/test_half.py": NEW_TESTS}, on=base
    )
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert check(verdict, "suite").status is CheckStatus.FAILED
    assert "test-deleted" in {one.rule for one in check(verdict, "integrity").findings}


async def test_what_policy_refuses_is_never_run(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": RIGHT, ".gitlab-ci.yml": "job: {script: [ls]}\n"}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED
    assert check(verdict, "suite").status is CheckStatus.SKIPPED
    assert check(verdict, "policy").findings[0].path == ".gitlab-ci.yml"
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN


@pytest.mark.cases
async def test_a_crash_that_is_mended_without_an_assertion_is_weak(shop: Workshop) -> None:
    crash = "def first(items: list[int]) -> int:\n    return items[0]\n"
    base = await shop.commit({"first.py": crash, "tests/test_first.py": "def test_ok():\n    assert 1\n"})
    mended = "def first(items: list[int]) -> int:\n    return items[0] if len(items) > 0 else -5\n"
    called = "from first import first\n\n\ndef test_empty():\n    first([])\n"
    head = await shop.commit({"first.py": mended, "tests/test_empty.py": called}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": "tests/test_empty.py::test_empty"})
    assert proof(verdict).status is EvidenceStatus.PROVEN, told(verdict)
    assert proof(verdict).strength is Strength.WEAK


TARGETED = """
import sys
own = "_py" + "test.runner"
module = sys.__dict__["mod" + "ules"].get(own)
if module is not None:
    real = module.CallInfo.from_call.__func__

    def forged(cls, function, when, reraise=None):
        call = real(cls, function, when, reraise)
        if call.excinfo is not None and "half" in str(call.excinfo.traceback[-1].path):
            call.excinfo = None
        return call

    module.CallInfo.from_call = classmethod(forged)
"""


async def test_a_result_that_is_forged_for_one_test_is_found_by_turning_it_around(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": WRONG + TARGETED, "tests/test_half.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is not VerdictStatus.PASSED, told(verdict)
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN
    assert "turned around" in proof(verdict).reason


@pytest.mark.cases
async def test_a_swallowed_assertion_is_found_by_turning_it_around(shop: Workshop) -> None:
    base = await shop.commit({**BASE, "tests/test_half.py": ASSERTS_TOO_LATE})
    head = await shop.commit({"billing.py": RIGHT}, on=base)
    verdict = await shop.verify(spec("refactor", tests=(NODE,)), base, head)
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN, told(verdict)


ASSERTS_TOO_LATE = """from billing import total


def test_half_up():
    return
    assert str(total("2.665")) == "2.67"
"""
