"""Two tests of ours among the repository's: one must fail, one must pass, nobody can guess their names."""

import secrets
from dataclasses import dataclass

from jobs.checks.report import Case, CaseOutcome

_WORDS = [
    "amount",
    "bound",
    "cache",
    "digit",
    "entry",
    "field",
    "group",
    "header",
    "index",
    "joint",
    "label",
    "margin",
    "number",
    "order",
    "price",
    "quota",
    "range",
    "share",
    "total",
    "unit",
    "value",
    "width",
    "yield",
    "zone",
]


@dataclass(frozen=True)
class Canary:
    """A test file with random names."""

    name: str
    """File name."""
    text: str
    """Its source."""
    must_pass: str
    """Last part of the passing test's id."""
    must_fail: str
    """Last part of the failing test's id."""

    def owns(self, case_id: str) -> bool:
        """True for ids of this file, whichever way the test runner spells them."""
        stem = self.name.removesuffix(".py")
        return f"{stem}.py::" in case_id or f"{stem}." in case_id


def hatch() -> Canary:
    """A new canary; its shape is that of an ordinary test case."""
    picked = secrets.SystemRandom().sample(_WORDS, 4)
    stem, group, good, bad = (f"{word}_{secrets.token_hex(4)}" for word in picked)
    owner = "".join(part.capitalize() for part in group.split("_"))
    left, right = secrets.randbelow(900) + 50, secrets.randbelow(40) + 3
    text = (
        f"import unittest\n\n\nclass {owner}(unittest.TestCase):\n"
        f"    def test_{good}(self):\n        self.assertEqual({left} + {right}, {left + right})\n\n"
        f"    def test_{bad}(self):\n        self.assertEqual({left} + {right}, {left + right + 1})\n"
    )
    return Canary(
        name=f"test_{stem}.py", text=text, must_pass=f"{owner}::test_{good}", must_fail=f"{owner}::test_{bad}"
    )


def problem(canary: Canary, cases: dict[str, Case]) -> str:
    """Why the report cannot be believed, or nothing."""
    own = {one.id.replace(".", "::"): one.outcome for one in cases.values() if canary.owns(one.id)}
    passing = [outcome for name, outcome in own.items() if name.endswith(canary.must_pass)]
    failing = [outcome for name, outcome in own.items() if name.endswith(canary.must_fail)]
    if not passing or not failing:
        return "tests that were added to check the test run are not in its report"
    if failing[0] is not CaseOutcome.FAILED:
        return "a test that must fail was reported as passed: the result was tampered with"
    if passing[0] is not CaseOutcome.PASSED:
        return "a test that must pass was reported as failed"
    return ""
