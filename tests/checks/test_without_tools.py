"""Every check with its tools taken away: it says that it is not available, and why; none passes silently."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from jobs.checks.consumer_runs import Consumed
from jobs.checks.context import CheckContext, CheckFunction
from jobs.checks.toolchains.declared import Absent
from jobs.domain.verdict import CheckStatus
from jobs.stages.verify import CHECKS, GATE
from tests.checks.contexts import context, run
from tests.checks.trials import with_trials

NO_TOOL = {"policy", "secrets", "integrity", "interface", "docs"}
"""Checks that need nothing but the two trees and this product's own libraries."""

GONE = Absent("go", "Go is not in the sandbox")
HALF = "def half(number: int) -> int:\n    return number // 2\n"
HALVES = HALF.replace("number // 2", "(number + 1) // 2")
CODE = {"app.py": "x = 1\n"}
MORE = {"app.py": "x = 1\ny = x + 1\n"}


@dataclass(frozen=True)
class Row:
    """A check without its tool."""

    name: str
    reason: str
    settings: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    after: Mapping[str, str] = field(default_factory=lambda: MORE)
    in_part: bool = False
    """True: a part of the check needs no tool and still says what it finds."""


ROWS = (
    Row("suite", "cannot be run on the target base: there is none"),
    Row("acceptance", "Single tests cannot be run", nodes=("app_test.go::TestIt",)),
    Row("coverage", "go does not tell which lines ran"),
    Row("mutation", "Not asked for"),
    Row("lint", "configures ruff, which is not", {"pyproject.toml": "[tool.ruff]\n"}),
    Row("types", "configures mypy, which is not", {"pyproject.toml": "[tool.mypy]\n"}),
    Row("security", "bandit is not installed; ruff is not installed; semgrep is not installed", in_part=True),
    Row(
        "dependencies",
        "Known vulnerabilities: not available",
        after={"requirements.txt": "left-pad==1.3.0\n"},
        in_part=True,
    ),
    Row("boundaries", "could not be called in the sandbox", {"app.py": HALF}, after={"app.py": HALVES}),
    Row("readback", "model"),
    Row("blind_tests", "model"),
    Row("consumers", "Not run: shop/web: Go is not in the sandbox"),
)


def test_every_check_has_its_row() -> None:
    names = {one.NAME for one in CHECKS} | {function.__module__.rpartition(".")[2] for function in GATE}
    assert {one.name for one in ROWS} | NO_TOOL == names


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_without_its_tool_a_check_says_so(row: Row, tmp_path: Path) -> None:
    told = run(_check(row.name), _without_tools(row, tmp_path))
    assert row.reason in told.summary, told
    if not row.in_part:
        assert told.status is CheckStatus.NOT_AVAILABLE, told


@pytest.mark.parametrize("name", sorted(NO_TOOL))
def test_a_check_that_needs_no_tool_does_its_work_without_any(name: str, tmp_path: Path) -> None:
    told = run(_check(name), _without_tools(Row(name, ""), tmp_path))
    assert told.status in (CheckStatus.PASSED, CheckStatus.WARNING, CheckStatus.SKIPPED), told
    assert told.summary


def _check(name: str) -> CheckFunction:
    found = {one.NAME: one.check for one in CHECKS}
    return found.get(name) or next(one for one in GATE if one.__module__.endswith(f".{name}"))


def _without_tools(row: Row, empty: Path) -> CheckContext:
    silent = (Consumed("shop/web", problem="Go is not in the sandbox"),) if row.name == "consumers" else ()
    before = {**CODE, **row.settings}
    ctx = with_trials(
        context(before, row.after), files=before, environment=str(empty), toolchain=GONE, consumed=silent
    )
    return replace(ctx, proofs={"AC1": row.nodes} if row.nodes else {})
