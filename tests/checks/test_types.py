"""types: a new type error rejects, an old one does not; people's own errors only warn."""

import json
from dataclasses import replace
from pathlib import Path

from jobs.checks import types
from jobs.domain.verdict import Check, CheckStatus
from jobs.ports import Command, Result
from tests.checks.contexts import context, run
from tests.checks.test_lint import CHANGED, environment
from tests.checks.trials import with_trials

OLD = "b.py:4: error: Missing return  [return]\nb.py:4: note: see the manual\n"


def checked(folder: Path, head: str, **settings: str) -> Check:
    answers = iter((OLD, OLD + head))

    def answer(_: Command) -> Result:
        return Result(exit_code=1, output=next(answers))

    files = settings or {"mypy.ini": "[mypy]\n"}
    ctx = with_trials(CHANGED, files=files, environment=environment(folder, "mypy"), answer=answer)
    return run(types.check, ctx)


def test_an_old_error_does_not_count(tmp_path: Path) -> None:
    check = checked(tmp_path, "")
    assert (check.status, check.summary) == (CheckStatus.PASSED, "No new type error by mypy.")


def test_a_new_error_rejects_even_in_a_file_that_was_not_changed(tmp_path: Path) -> None:
    check = checked(tmp_path, 'c.py:9: error: Argument 1 to "f" has incompatible type  [arg-type]\n')
    assert (check.status, check.blocking) == (CheckStatus.FAILED, True)
    assert [(one.path, one.line, one.rule) for one in check.findings] == [("c.py", 9, "arg-type")]


def test_an_error_in_a_file_that_only_people_changed_warns(tmp_path: Path) -> None:
    total = context({"a.py": "import os\n"}, {"a.py": "import json\n", "p.py": "x = 1\n"}).total
    answers = iter(("", "p.py:1: error: Wrong  [misc]\n"))
    ctx = with_trials(
        replace(CHANGED, total=total),
        files={"mypy.ini": ""},
        environment=environment(tmp_path, "mypy"),
        answer=lambda _: Result(exit_code=(1 if (told := next(answers)) else 0), output=told),
    )
    check = run(types.check, ctx)
    assert (check.status, check.blocking) == (CheckStatus.WARNING, False)


def test_mypy_is_left_alone_where_the_settings_name_files(tmp_path: Path) -> None:
    assert checked(tmp_path, "", **{"pyproject.toml": '[tool.mypy]\nfiles = ["a"]\n'}).command == "mypy"


def test_mypy_gets_the_changed_files_otherwise(tmp_path: Path) -> None:
    assert checked(tmp_path, "").command == "mypy a.py"


def test_a_crash_is_not_available(tmp_path: Path) -> None:
    ctx = with_trials(
        CHANGED,
        files={"setup.cfg": "[mypy]\n"},
        environment=environment(tmp_path, "mypy"),
        answer=lambda _: Result(exit_code=2, output="mypy: plugin is missing"),
    )
    check = run(types.check, ctx)
    assert (check.status, check.blocking) == (CheckStatus.NOT_AVAILABLE, False)
    assert "mypy: plugin is missing" in check.summary


def test_pyright_is_read(tmp_path: Path) -> None:
    words = {"file": "/code/a.py", "severity": "error", "message": "No", "rule": "reportX"}
    answers = iter(([], [{**words, "range": {"start": {"line": 1}}}]))
    ctx = with_trials(
        CHANGED,
        files={"pyrightconfig.json": "{}"},
        environment=environment(tmp_path, "pyright"),
        answer=lambda _: Result(exit_code=1, output=json.dumps({"generalDiagnostics": next(answers)})),
    )
    check = run(types.check, ctx)
    assert [(one.path, one.line, one.rule) for one in check.findings] == [("a.py", 2, "reportX")]
