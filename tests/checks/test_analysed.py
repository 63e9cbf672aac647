"""lint, types, security and coverage in the real sandbox, with real tools: one bad change, one good one."""

from pathlib import Path

from jobs.checks.programs import Programs
from jobs.domain.verdict import CheckStatus, VerdictStatus
from jobs.ports import Command
from jobs.settings import ChecksTable
from tests.verification import Workshop, check, spec, told

SETTINGS = """[tool.ruff.lint]
select = ["E", "F"]

[tool.mypy]
strict = true
files = ["billing.py", "caller.py"]
"""
BILLING = '''"""Totals."""

import os


def total(amount: str) -> int:
    """Cents."""
    return round(float(amount) * 100)
'''
CALLER = """from billing import total

PRICE: int = total("2.50")
"""
TESTS = """from billing import total


def test_two():
    assert total("2.00") == 200
"""
NEW_TESTS = """from billing import total


def test_blanks():
    assert total(" 2.00 ") == 200
    assert total("2,50") == 250
"""
BASE = {
    "pyproject.toml": SETTINGS,
    "billing.py": BILLING,
    "caller.py": CALLER,
    "tests/test_billing.py": TESTS,
}
NODE = "tests/test_more.py::test_blanks"

GOOD = BILLING.replace("float(amount)", 'float(amount.replace(",", "."))')
BAD = '''"""Totals."""

import os
import json
import subprocess


def total(amount: str) -> float:
    """Cents."""
    if amount == "never":
        subprocess.run("echo " + amount, shell=True)
        return 0
    return round(float(amount.replace(",", ".")) * 100)
'''


async def test_new_findings_are_told_apart_from_old_ones(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    loose = SETTINGS.replace("strict = true", "ignore_errors = true").replace('"E", "F"', '"E"')
    head = await shop.commit(
        {"billing.py": BAD, "tests/test_more.py": NEW_TESTS, "pyproject.toml": loose}, on=base
    )
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})

    lint, types = check(verdict, "lint"), check(verdict, "types")
    assert [(one.rule, one.line) for one in lint.findings] == [("F401", 4)], told(verdict)
    assert lint.status is CheckStatus.WARNING
    assert types.status is CheckStatus.FAILED, told(verdict)
    assert [(one.path, one.line) for one in types.findings] == [("caller.py", 3)]
    security = check(verdict, "security")
    assert security.status is CheckStatus.FAILED, told(verdict)
    assert {one.line for one in security.findings} == {11}
    assert "bandit, ruff. Not run: semgrep is not installed" in security.summary
    coverage = check(verdict, "coverage")
    assert [(one.path, one.line, one.text) for one in coverage.findings] == [
        ("billing.py", 11, "Lines 11 to 12 are run by no test.")
    ], told(verdict)
    assert verdict.status is VerdictStatus.REJECTED


async def test_a_clean_change_raises_nothing(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": GOOD, "tests/test_more.py": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})

    states = {one.name: one.status for one in verdict.checks}
    assert states["lint"] is states["types"] is CheckStatus.PASSED, told(verdict)
    assert states["security"] is states["coverage"] is states["interface"] is CheckStatus.PASSED
    assert states["dependencies"] is states["docs"] is CheckStatus.SKIPPED
    assert check(verdict, "types").command == "mypy"
    assert verdict.status is VerdictStatus.PASSED, told(verdict)


async def test_the_operators_analysers_are_seen_by_the_one_command_that_names_them(
    shop: Workshop, tools: str
) -> None:
    base = await shop.commit(BASE)
    programs = Programs(environment=None, settings=ChecksTable(analysers=Path(tools)))
    ruff = programs.any("ruff")
    assert ruff is not None
    async with shop.workspaces.open(shop.repository, base, environment=None) as workspace:
        seen = await workspace.run(Command(argv=(ruff.path, "--version"), mounts=ruff.mounts))
        unseen = await workspace.run(Command(argv=("/bin/ls", tools)))
    assert (seen.exit_code, seen.output.split()[0]) == (0, "ruff")
    assert unseen.exit_code != 0
