"""What the suite says where there is nothing to compare, or a test is gone."""

import pytest

from jobs.checks import suite
from jobs.checks.report import Case, CaseOutcome
from jobs.checks.suites import BaseSuite, patience, patience_with_new
from jobs.checks.toolchains.protocol import Toolchain
from jobs.checks.toolchains.python import Pytest, Unittest
from jobs.domain.verdict import CheckStatus
from tests.checks.contexts import context, run
from tests.checks.trials import trial, with_trials

NODE = "tests/test_a.py::test_a"


@pytest.mark.parametrize(
    ("toolchain", "base", "said"),
    [
        (Unittest("python3"), BaseSuite(command="x"), "Tests written for pytest need an environment"),
        (
            Pytest("python3"),
            BaseSuite(command="x"),
            "`x` finds no test on the target base: nothing to compare.",
        ),
        (Pytest("python3"), BaseSuite(flaky=(NODE,)), "none of 1 tests is stable and passing"),
    ],
)
def test_a_target_base_without_a_passing_test_says_why(
    toolchain: Toolchain, base: BaseSuite, said: str
) -> None:
    ctx = with_trials(context({}, {"a.py": "a = 1\n"}), suite=trial(), toolchain=toolchain, base=base)
    check = run(suite.check, ctx)
    assert (check.status, said in check.summary) == (CheckStatus.WARNING, True), check


def test_a_test_that_cannot_be_loaded_any_more_says_why() -> None:
    error = Case(id="tests.test_a", outcome=CaseOutcome.ERROR, message="SyntaxError: '(' was never closed")
    base = BaseSuite(passing=(NODE,))
    ctx = with_trials(
        context({}, {"a.py": "a = (\n"}),
        suite=trial(cases={"tests.test_a": error}),
        toolchain=Pytest("python3"),
        base=base,
    )
    check = run(suite.check, ctx)
    assert check.status is CheckStatus.FAILED
    assert check.findings[0].text == f"{NODE} is not run any more: SyntaxError: '(' was never closed"


def test_a_suite_is_waited_for_in_proportion_and_not_for_ever() -> None:
    assert patience(0.0) == 60.0
    assert patience(2.0) == 120.0
    assert patience(10_000.0) == 600.0


def test_new_tests_are_waited_for_longer_and_longest_where_nothing_is_known() -> None:
    assert patience_with_new(BaseSuite(seconds=1.0)) == 180.0
    assert patience_with_new(BaseSuite(seconds=10.0)) == 360.0
    assert patience_with_new(BaseSuite(seconds=0.1, problem="no pytest")) == 600.0
    assert patience_with_new(None) == 600.0
