"""security: rules of ours over added lines, tools where there are some, the gravest first."""

import json
from pathlib import Path

import pytest

from jobs.checks import security
from jobs.domain.verdict import Check, CheckStatus
from jobs.ports import Command, Result
from tests.checks.contexts import context, rules, run
from tests.checks.test_lint import environment
from tests.checks.trials import with_trials

HEAD = "import hashlib, os, pickle, requests, subprocess, tempfile, yaml\nfrom random import choice\n"


def judged(line: str, *, path: str = "app.py", before: str = HEAD) -> Check:
    return run(
        security.check, with_trials(context({path: before}, {path: before + line + "\n"}), environment="/x")
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("y = eval(text)", "eval"),
        ("exec(code)", "exec"),
        ("os.system(text)", "shell"),
        ("subprocess.run(text, shell=True)", "shell"),
        ("y = yaml.load(text)", "yaml-load"),
        ("y = yaml.load(text, Loader=yaml.Loader)", "yaml-load"),
        ("requests.get(url, verify=False)", "no-verify"),
        ("cursor.execute(f\"SELECT a FROM t WHERE b = '{name}'\")", "sql"),
        ('cursor.execute("select a from t where b = %s" % name)', "sql"),
        ('cursor.execute("DELETE FROM t WHERE b = {}".format(name))', "sql"),
    ],
)
def test_a_grave_line_rejects(line: str, rule: str) -> None:
    check = judged(line)
    assert check.status is CheckStatus.FAILED, check
    assert [(one.rule, one.line) for one in check.findings] == [(rule, 3)]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("y = pickle.loads(text)", "unpickle"),
        ("y = tempfile.mktemp()", "mktemp"),
        ("y = hashlib.md5(text)", "weak-hash"),
        ('y = hashlib.new("sha1", text)', "weak-hash"),
        ('app.run(host="0.0.0.0")', "bind-all"),
        ("token = ''.join(choice(letters) for _ in 'abc')", "random"),
        ('cursor.execute(f"SELECT {COLUMNS} FROM t")', "sql"),
        ('subprocess.run("ls | wc", shell=True)', "shell"),
    ],
)
def test_a_doubtful_line_warns(line: str, rule: str) -> None:
    check = judged(line)
    assert check.status is CheckStatus.WARNING, check
    assert rules(check) == {rule}


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(['ls', name])",
        "y = yaml.safe_load(text)",
        "y = yaml.load(text, Loader=yaml.SafeLoader)",
        "y = hashlib.md5(text, usedforsecurity=False)",
        'cursor.execute("SELECT a FROM t WHERE b = %s", (name,))',
        "y = choice(sides)",
        "y = model.eval()",
        'y = f"Selected {name} from the list"',
    ],
)
def test_an_ordinary_line_is_left_alone(line: str) -> None:
    assert judged(line).status is CheckStatus.PASSED, line


def test_what_was_there_before_does_not_count() -> None:
    old = HEAD + "y = eval(text)\n"
    assert judged("z = 1", before=old).status is CheckStatus.PASSED


def test_in_tests_a_grave_line_warns() -> None:
    assert judged("y = eval(text)", path="tests/test_app.py").status is CheckStatus.WARNING


def test_the_summary_says_what_did_not_run() -> None:
    summary = judged("y = 1").summary
    assert summary == (
        "Nothing new by rules of ours. Not run: bandit is not installed; ruff is not installed; "
        "semgrep is not installed."
    )


def test_tools_say_the_same_once_and_semgrep_uses_only_the_repositorys_rules(tmp_path: Path) -> None:
    asked = []

    def answer(command: Command) -> Result:
        asked.append(command)
        name = command.argv[0].rsplit("/", 1)[-1]
        where = "/exchange/1/in/head0.py"
        bandit = {"filename": where, "line_number": 3, "test_id": "B307", "issue_severity": "MEDIUM"}
        found = {
            "bandit": {"results": [bandit | {"issue_text": "eval"}]},
            "ruff": [{"filename": where, "location": {"row": 3}, "code": "S307", "message": "eval"}],
            "semgrep": {
                "results": [
                    {
                        "path": where,
                        "start": {"line": 3},
                        "check_id": "own.no-y",
                        "extra": {"message": "No y"},
                    }
                ]
            },
        }[name]
        return Result(exit_code=0, output="", files={"found.json": json.dumps(found).encode()})

    ctx = with_trials(
        context({"app.py": HEAD}, {"app.py": HEAD + "y = eval(text)\n"}),
        files={".semgrep.yml": "rules: []"},
        environment=environment(tmp_path, "bandit", "ruff", "semgrep"),
        answer=answer,
    )
    check = run(security.check, ctx)
    assert sorted(rules(check)) == ["eval", "no-y"]
    semgrep = next(one for one in asked if one.argv[0].endswith("semgrep"))
    assert "--metrics=off" in semgrep.argv
    assert semgrep.files["rules.yml"] == b"rules: []"
    assert sorted(semgrep.files) == ["base0.py", "head0.py", "rules.yml"]


def test_other_languages_are_skipped() -> None:
    assert run(security.check, context({}, {"a.md": "eval(x)\n"})).status is CheckStatus.SKIPPED


@pytest.mark.parametrize(
    "line", ["y = " + "not " * 3000 + "x", "-" * 100_000 + "1", "def (", "y = x" + ".a" * 900]
)
def test_what_cannot_be_read_is_no_fault_of_ours(line: str) -> None:
    assert judged(line).status in (CheckStatus.WARNING, CheckStatus.PASSED)


def test_a_file_that_cannot_be_read_is_told() -> None:
    assert rules(run(security.check, with_trials(context({}, {"a.py": "def (\n"}), environment="/x"))) == {
        "unreadable"
    }
