"""Services on the sandbox's loopback, and the repository's own commands, for real."""

from jobs.domain.verdict import CheckStatus, EvidenceStatus, Strength, VerdictStatus
from tests.verification import Workshop, check, proof, spec, told

TOTALS = "def half(number):\n    return number // 2\n"
OLD = """import os
import unittest
import urllib.request


class Service(unittest.TestCase):
    def test_answers(self):
        with urllib.request.urlopen(os.environ["SHOP_URL"] + "/totals.py") as answer:
            self.assertEqual(answer.status, 200)
"""
NEW = """import unittest

from totals import half


class Half(unittest.TestCase):
    def test_half(self):
        self.assertEqual(half(3), 1.5)
"""
WEB = """services:
  web:
    run: python3 -m http.server 8765 --bind 127.0.0.1
    port: 8765
    env: {SHOP_URL: "http://127.0.0.1:8765"}
"""
BASE = {"totals.py": TOTALS, "tests/__init__.py": "", "tests/test_service.py": OLD}
FIX = {"totals.py": TOTALS.replace("//", "/"), "tests/test_half.py": NEW}
NODE = "tests.test_half.Half.test_half"


async def test_tests_reach_the_declared_service_and_its_log_is_shown(shop: Workshop) -> None:
    base = await shop.commit({**BASE, ".codegen.yml": WEB})
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert check(verdict, "suite").status is CheckStatus.PASSED, told(verdict)
    assert "--- service web ---" in check(verdict, "suite").log
    assert "GET /totals.py" in check(verdict, "suite").log
    assert proof(verdict).status is EvidenceStatus.PROVEN, told(verdict)


async def test_a_service_that_does_not_start_is_named_with_its_reason(shop: Workshop) -> None:
    broken = WEB.replace("python3 -m http.server", "echo no disk left; exit 3; python3")
    base = await shop.commit({**BASE, ".codegen.yml": broken})
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    suite = check(verdict, "suite")
    assert suite.status is CheckStatus.NOT_AVAILABLE, told(verdict)
    assert (
        "the service web ended with exit status 3 before it was ready; it said: no disk left" in suite.summary
    )
    assert verdict.status is not VerdictStatus.PASSED


CHECKS = """checks:
  words: {run: "! grep -rn colour totals.py"}
  style: {run: "! grep -rn tabs totals.py", gate: warn}
  missing: {run: no-such-program, gate: warn}
  old: {run: "test -f never"}
gates: {mutation: "off", acceptance: warn}
suite: {command: "sh run-tests.sh", junit: "out/*.xml"}
"""
REPORT = '<testsuite><testcase name="one"/></testsuite>'
SCRIPT = f"mkdir -p out && echo '{REPORT}' > out/all.xml\ngrep -q half totals.py\n"


async def test_only_new_failures_of_declared_checks_count_and_gates_weigh_them(shop: Workshop) -> None:
    base = await shop.commit({"totals.py": TOTALS, "run-tests.sh": SCRIPT, ".codegen.yml": CHECKS})
    worse = TOTALS + "# colour, tabs\n"
    head = await shop.commit({"totals.py": worse}, on=base)
    verdict = await shop.verify(spec(), base, head)
    suite = check(verdict, "suite")
    assert (suite.status, suite.command) == (CheckStatus.PASSED, "sh run-tests.sh"), told(verdict)
    words = check(verdict, "words")
    assert (words.status, words.blocking) == (CheckStatus.FAILED, True), told(verdict)
    style = check(verdict, "style")
    assert (style.status, style.blocking) == (CheckStatus.WARNING, False)
    assert style.summary.endswith("It only warns, as .codegen.yml says.")
    assert check(verdict, "missing").status is CheckStatus.NOT_AVAILABLE
    assert not check(verdict, "missing").blocking
    assert check(verdict, "old").status is CheckStatus.WARNING
    assert check(verdict, "mutation").status is CheckStatus.SKIPPED
    assert verdict.status is VerdictStatus.REJECTED


async def test_faults_in_changed_lines_are_tried_with_unittest_too(shop: Workshop) -> None:
    old = NEW.replace("3), 1.5", "4), 2")
    base = await shop.commit({"totals.py": TOTALS, "tests/__init__.py": "", "tests/test_old.py": old})
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    mutation = check(verdict, "mutation")
    assert mutation.status is CheckStatus.PASSED, told(verdict)
    assert proof(verdict).strength is Strength.STRONG, told(verdict)
    assert "1 of 1 changed statements" in check(verdict, "coverage").summary
    deaf = NEW.replace("self.assertEqual(half(3), 1.5)", "self.assertTrue(half(3) >= 1.5)")
    blunt = await shop.commit({**FIX, "tests/test_half.py": deaf}, on=base)
    found = check(await shop.verify(spec(), base, blunt, {"AC1": NODE}), "mutation")
    assert any("`" in one.text and one.path == "totals.py" for one in found.findings), found
