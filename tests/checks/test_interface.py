"""interface: what callers rely on, before and after; a break needs the spec's word."""

import pytest

from jobs.checks import interface
from jobs.domain.verdict import Check, CheckStatus
from tests.checks.contexts import context, rules, run
from tests.verification import Files, spec

API = '''"""Totals."""

from os import path

__all__ = ["Invoice", "total"]


def total(amount, rate=1):
    """Cents."""


def spare(a):
    pass


def _own(a):
    pass


class Invoice:
    """One."""

    def pay(self, amount):
        pass
'''


def judged(after: str | None, goal: str = "Faster", more: Files | None = None) -> Check:
    return run(
        interface.check, context({"api.py": API}, {"api.py": after, **(more or {})}, wanted=spec(goal=goal))
    )


@pytest.mark.parametrize(
    ("old", "new", "name", "told"),
    [
        ("def total(amount, rate=1)", "def total(amount)", "total", "the parameter rate is gone"),
        (
            "def total(amount, rate=1)",
            "def total(amount, rate=1, *, code)",
            "total",
            "the new parameter code must be given",
        ),
        (
            "def total(amount, rate=1)",
            "def total(amount, rate)",
            "total",
            "the parameter rate must be given now",
        ),
        ("def pay(self", "def settle(self", "Invoice.pay", "it is gone"),
    ],
)
def test_a_declared_name_may_not_break_in_silence(old: str, new: str, name: str, told: str) -> None:
    check = judged(API.replace(old, new))
    assert check.status is CheckStatus.FAILED, check
    assert f"{name}: {told}." in [one.text for one in check.findings]


def test_the_spec_can_name_it_or_announce_it() -> None:
    broken = API.replace("def total(amount, rate=1)", "def total(amount)")
    assert judged(broken, goal="Drop the rate of total, nobody gives it").status is CheckStatus.PASSED
    assert judged(broken, goal="A breaking change of the API is fine").status is CheckStatus.PASSED
    assert judged(broken, goal="Totals break at night").status is CheckStatus.FAILED


def test_what_is_not_declared_only_warns() -> None:
    plain = API.replace('__all__ = ["Invoice", "total"]\n', "")
    ctx = context({"api.py": plain}, {"api.py": plain.replace("def spare(a):\n    pass\n", "")})
    check = run(interface.check, ctx)
    assert (check.status, rules(check)) == (CheckStatus.WARNING, {"break"})


@pytest.mark.parametrize(
    "after",
    [
        API.replace("def _own(a)", "def _own(b, c)"),
        API.replace("rate=1)", "rate=1, code=None)"),
        API.replace('"""Cents."""', '"""Cents, rounded."""\n    return amount'),
        API + "\n\ndef more():\n    pass\n",
    ],
)
def test_harmless_changes_are_left_alone(after: str) -> None:
    assert judged(after).status is CheckStatus.PASSED


def test_a_name_that_moved_and_is_still_imported_is_there() -> None:
    moved = API.replace('def total(amount, rate=1):\n    """Cents."""\n', "").replace(
        "from os", "from new import total\nfrom os"
    )
    check = judged(moved, more={"new.py": "def total(amount, rate=1):\n    pass\n"})
    assert check.status is CheckStatus.PASSED, check


def test_a_module_that_goes_is_told() -> None:
    check = judged(None)
    assert (check.status, check.findings[0].text) == (CheckStatus.FAILED, "api: the module is gone.")


def test_another_default_is_shown_and_does_not_reject() -> None:
    assert judged(API.replace("rate=1", "rate=2")).status is CheckStatus.WARNING


@pytest.mark.parametrize("depth", [900, 5000])
def test_what_is_nested_too_deeply_is_no_fault_of_ours(depth: int) -> None:
    assert judged(f"{API}\nx = y{'.a' * depth}\n").status in (CheckStatus.WARNING, CheckStatus.PASSED)


def test_tests_and_new_files_are_no_interface() -> None:
    ctx = context(
        {"tests/test_a.py": "def help_me():\n    pass\n"}, {"tests/test_a.py": "", "b.py": "x = 1\n"}
    )
    assert run(interface.check, ctx).status is CheckStatus.SKIPPED
    assert judged("def (").status is CheckStatus.WARNING
