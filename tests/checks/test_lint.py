"""lint: only what is new counts, told by file, rule and words."""

import json
from pathlib import Path

from jobs.checks import lint
from jobs.checks.issues import Issue, new_issues
from jobs.checks.linters import LINTERS
from jobs.domain.verdict import CheckStatus
from jobs.ports import Command, Result
from tests.checks.contexts import context, run
from tests.checks.trials import with_trials

CHANGED = context({"a.py": "import os\n"}, {"a.py": "import os\nimport json\n"})


def environment(folder: Path, *programs: str) -> str:
    """A folder that looks like an environment with these programs."""
    (folder / "bin").mkdir()
    for name in programs:
        (folder / "bin" / name).touch(mode=0o755)
    return str(folder)


def test_no_python_no_lint() -> None:
    check = run(lint.check, context({}, {"readme.md": "x\n"}))
    assert check.status is CheckStatus.SKIPPED


def test_a_repository_without_settings_is_skipped() -> None:
    check = run(lint.check, with_trials(CHANGED))
    assert check.status is CheckStatus.SKIPPED
    assert check.summary == "The repository configures none of ruff, flake8, pylint."


def test_a_configured_linter_that_is_missing_is_not_available(tmp_path: Path) -> None:
    ctx = with_trials(CHANGED, files={"setup.cfg": "[flake8]\n"}, environment=environment(tmp_path))
    check = run(lint.check, ctx)
    assert check.status is CheckStatus.NOT_AVAILABLE
    assert check.summary == "The repository configures flake8, which is not in its environment."
    assert not check.blocking


def test_a_linter_that_breaks_is_not_available(tmp_path: Path) -> None:
    ctx = with_trials(
        CHANGED,
        files={".flake8": ""},
        environment=environment(tmp_path, "flake8"),
        answer=lambda _: Result(exit_code=1, output="cannot read settings"),
    )
    check = run(lint.check, ctx)
    assert check.status is CheckStatus.NOT_AVAILABLE
    assert check.summary == "Flake8 does not work on the target base: cannot read settings."


def test_what_flake8_and_pylint_newly_say_is_shown(tmp_path: Path) -> None:
    calls: list[str] = []

    def answer(command: Command) -> Result:
        first = len(calls) % 2 == 0
        calls.append(command.argv[0].rsplit("/", 1)[-1])
        rows = ["a.py:1:1: F401 'os' imported but unused"]
        rows += [] if first else ["a.py:2:1: F401 'json' imported but unused"]
        told = "\n".join(rows)
        if calls[-1] == "pylint":
            told = json.dumps([{"path": "a.py", "line": 1, "symbol": "wrong", "message": "m"}])
        return Result(exit_code=0, output="", files={"found.txt": told.encode()})

    settings = {".flake8": "", "pyproject.toml": "[tool.pylint.main]\n"}
    places = environment(tmp_path, "flake8", "pylint")
    check = run(lint.check, with_trials(CHANGED, files=settings, environment=places, answer=answer))
    assert calls == ["flake8", "flake8", "pylint", "pylint"]
    assert [(one.rule, one.line) for one in check.findings] == [("F401", 2)]
    assert (check.status, check.blocking) == (CheckStatus.WARNING, False)
    assert check.command == "flake8 a.py && pylint a.py"


def test_what_moved_or_was_renamed_is_not_new() -> None:
    old = [Issue("old.py", 3, "E501", "Line too long (112 > 110)"), Issue("old.py", 9, "X", "see line 4")]
    new = [Issue("new.py", 30, "E501", "Line too long (118 > 110)"), Issue("new.py", 90, "X", "see line 7")]
    assert new_issues(old, new, renamed={"old.py": "new.py"}, added={}) == []


def test_of_equal_findings_the_one_on_an_added_line_is_new() -> None:
    old = [Issue("a.py", 1, "X", "same")]
    new = [Issue("a.py", 1, "X", "same"), Issue("a.py", 5, "X", "same")]
    found = new_issues(old, new, renamed={}, added={"a.py": frozenset({5})})
    assert [one.line for one in found] == [5]


def test_every_linter_names_the_files() -> None:
    for one in LINTERS:
        assert one.spelled({}, ("a.py",)).endswith("a.py")
