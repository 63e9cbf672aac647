"""coverage: changed statements that no test runs."""

from jobs.checks import coverage
from jobs.checks.toolchains.declared import Declared
from jobs.domain.verdict import Check, CheckStatus
from tests.checks.contexts import context, run
from tests.checks.trials import Ran, trial, with_trials

AFTER = '''"""Totals."""


def total(
    amount,
):
    """Cents.

    Rounded."""
    value: int
    if amount is None:
        amount = 0
        amount = -1
    try:
        return int(
            amount
        )
    except ValueError:
        return 0
'''
CHANGED = context({}, {"a.py": AFTER})


def judged(named: Ran | None, suite: Ran | None) -> Check:
    one = None if named is None else trial(named)
    other = None if suite is None else trial(suite)
    return run(coverage.check, with_trials(CHANGED, named=one, suite=other))


def test_the_ranges_that_no_run_reached_are_named() -> None:
    check = judged({"a.py": frozenset({4, 11, 12, 13})}, {"a.py": frozenset({4, 11, 15, 16})})
    assert [(one.path, one.line, one.text) for one in check.findings] == [
        ("a.py", 19, "This line is run by no test.")
    ]
    assert (check.status, check.blocking) == (CheckStatus.WARNING, False)
    assert check.summary == "5 of 6 changed statements are run by a test (83 %)."


def test_neighbouring_lines_are_one_place() -> None:
    check = judged({"a.py": frozenset({4, 11, 15, 19})}, None)
    assert [one.text for one in check.findings] == ["Lines 12 to 13 are run by no test."]


def test_a_file_that_no_test_loads_is_uncovered() -> None:
    assert judged({}, None).findings[0].line == 4


def test_only_added_lines_count() -> None:
    ctx = context({"a.py": AFTER}, {"a.py": AFTER.replace("return 0", "return 1")})
    check = run(coverage.check, with_trials(ctx, named=trial({"a.py": frozenset({19})})))
    assert (check.status, check.summary) == (
        CheckStatus.PASSED,
        "1 of 1 changed statements are run by a test (100 %).",
    )


def test_without_a_run_or_a_tracer_it_is_not_available() -> None:
    assert judged(None, None).status is CheckStatus.NOT_AVAILABLE
    ctx = with_trials(CHANGED, named=trial({}), toolchain=Declared(("make", "check")))
    assert run(coverage.check, ctx).summary == "command does not tell which lines ran."


def test_nothing_to_cover_is_skipped() -> None:
    ctx = context({}, {"tests/test_a.py": AFTER, "b.md": "x\n", "c.py": '"""Words."""\n'})
    assert run(coverage.check, with_trials(ctx)).status is CheckStatus.SKIPPED
