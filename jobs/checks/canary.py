"""Tests of ours among the repository's: some must fail, some must pass, nobody can guess their names.

There is a pair of methods and a pair of plain functions: a test runner treats the two differently, and a
forger may have thought of one of them only.
"""

import secrets
from dataclasses import dataclass

from jobs.checks.report import Case, CaseOutcome

_WORDS = (
    "amount bound cache digit entry field group header index joint label margin number order price quota "
    "range share total unit value width yield zone"
)


@dataclass(frozen=True)
class Canary:
    """A test file with random names."""

    name: str
    """File name."""
    text: str
    """Its source."""
    functions: tuple[str, ...]
    """Names of its plain functions."""
    must_pass: frozenset[str]
    """Last parts of the passing tests' ids."""
    must_fail: frozenset[str]
    """Last parts of the failing tests' ids."""

    def owns(self, case_id: str) -> bool:
        """True for ids of this file, whichever way the test runner spells them."""
        stem = self.name.removesuffix(".py")
        return f"{self.name}::" in case_id or f"{stem}." in case_id or case_id.endswith(self.name)


def picked(count: int) -> list[str]:
    """So many names that look like any other and that nobody can guess."""
    words = secrets.SystemRandom().sample(_WORDS.split(), count)
    return [f"{word}_{secrets.token_hex(4)}" for word in words]


def hatch(*, functions: bool) -> Canary:
    """A new canary; its shape is that of an ordinary test file."""
    stem, group, *names = picked(6)
    owner = "".join(part.capitalize() for part in group.split("_"))
    good, bad, plain_good, plain_bad = (f"test_{name}" for name in names)
    left, right = secrets.randbelow(900) + 50, secrets.randbelow(40) + 3
    text = (
        f"import unittest\n\n\nclass {owner}(unittest.TestCase):\n"
        f"    def {good}(self):\n        self.assertEqual({left} + {right}, {left + right})\n\n"
        f"    def {bad}(self):\n        self.assertEqual({left} + {right}, {left + right + 1})\n"
    )
    if functions:
        text += f"\n\ndef {plain_good}():\n    assert {right} + {left} == {left + right}\n"
        text += f"\n\ndef {plain_bad}():\n    assert {right} + {left} == {left + right + 1}\n"
    return Canary(
        name=f"test_{stem}.py",
        text=text,
        functions=(plain_good, plain_bad) if functions else (),
        must_pass=frozenset({good, plain_good} if functions else {good}),
        must_fail=frozenset({bad, plain_bad} if functions else {bad}),
    )


def problem(canary: Canary, cases: dict[str, Case]) -> str:
    """Why the report cannot be believed, or nothing."""
    own = {
        one.id.replace("::", ".").rpartition(".")[2]: one.outcome
        for one in cases.values()
        if canary.owns(one.id)
    }
    if not (canary.must_pass | canary.must_fail) <= set(own):
        if _built_nothing(canary, cases):
            return ""
        return "tests that were added to check the test run are not in its report"
    if any(own[name] is not CaseOutcome.FAILED for name in canary.must_fail):
        return "a test that must fail was not reported as failed: the result was tampered with"
    if any(own[name] is not CaseOutcome.PASSED for name in canary.must_pass):
        return "a test that must pass was reported as failed"
    return ""


def _built_nothing(canary: Canary, cases: dict[str, Case]) -> bool:
    """True where the compiler refused everything: no test claims to have passed."""
    refused = all(one.outcome is CaseOutcome.ERROR for one in cases.values())
    return refused and any(one.endswith(canary.name) for one in cases)
