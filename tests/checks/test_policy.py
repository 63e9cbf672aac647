"""What a diff may not touch, before anything runs."""

from dataclasses import replace

import pytest

from jobs.checks import policy
from jobs.checks.diff import contents
from jobs.domain.verdict import CheckStatus
from tests.checks.contexts import context, rules, run
from tests.verification import spec

TEXT = "one line\n"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".gitattributes", "git"),
        ("vendored/.gitmodules", "git"),
        (".npmrc", "registry"),
        ("src/sitecustomize.py", "start-up"),
        ("evil.pth", "start-up"),
        ("evil-1.0.dist-info/entry_points.txt", "start-up"),
    ],
)
def test_some_paths_are_refused(path: str, rule: str) -> None:
    check = run(policy.check, context({}, {path: TEXT}))
    assert check.status is CheckStatus.FAILED
    assert rule in rules(check)
    assert check.asks == ()


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".gitlab-ci.yml", "ci"),
        (".gitlab/ci/deploy.yml", "ci"),
        (".github/workflows/test.yml", "ci"),
        ("CODEOWNERS", "codeowners"),
        ("docs/CODEOWNERS", "codeowners"),
        ("AGENTS.md", "agent"),
        (".claude/settings.json", "agent"),
        (".vscode/tasks.json", "agent"),
        (".pre-commit-config.yaml", "hooks"),
        ("uv.lock", "lockfile"),
        ("requirements-dev.txt", "lockfile"),
        ("deploy/Dockerfile", "container"),
    ],
)
def test_others_need_a_persons_consent(path: str, rule: str) -> None:
    ctx = context({}, {path: TEXT})
    asked = run(policy.check, ctx)
    assert asked.status is CheckStatus.FAILED
    assert rule in rules(asked)
    assert [one.path for one in asked.asks] == [path]
    allowed = replace(ctx, consents=frozenset(one.key for one in asked.asks))
    assert run(policy.check, allowed).status is CheckStatus.WARNING


def test_a_consent_is_for_this_content_of_this_file() -> None:
    first = run(policy.check, context({}, {".gitlab-ci.yml": "a: 1\n"})).asks
    other = context({}, {".gitlab-ci.yml": "a: 2\n"})
    again = context({}, {".gitlab-ci.yml": "a: 1\n", "src/more.py": "x = 1\n"})
    keys = frozenset(one.key for one in first)
    assert run(policy.check, replace(other, consents=keys)).status is CheckStatus.FAILED
    assert run(policy.check, replace(again, consents=keys)).status is CheckStatus.WARNING


def test_what_is_denied_is_not_asked_for() -> None:
    check = run(policy.check, context({}, {".gitlab-ci.yml": TEXT, ".npmrc": TEXT}))
    assert (check.status, check.asks) == (CheckStatus.FAILED, ())
    assert rules(check) == {"ci", "registry"}


def test_other_paths_need_a_look() -> None:
    check = run(policy.check, context({}, {"pyproject.toml": TEXT}))
    assert check.status is CheckStatus.WARNING
    assert rules(check) == {"build"}


def test_the_content_of_each_file_is_read_from_a_real_diff() -> None:
    new, mode = "3" * 40, "100644"
    diff = (
        f"diff --git a/a.lock b/a.lock\nnew file mode {mode}\nindex {'0' * 40}..{new}\n--- /dev/null\n"
        f"+++ b/a.lock\n@@ -0,0 +1 @@\n+diff --git a/x b/x\n"
        f"diff --git a/old b/now\nsimilarity index 100%\nrename from old\nrename to now\n"
        f"diff --git a/gone b/gone\ndeleted file mode {mode}\nindex {new}..{'0' * 40}\n--- a/gone\n"
        f"+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        f"diff --git a/pic b/pic\nindex {'4' * 40}..{'5' * 40} {mode}\nGIT binary patch\nliteral 1\nA\n"
    )
    found = contents(diff)
    assert (found["a.lock"], found["gone"], found["pic"]) == (new, "0" * 40, "5" * 40)
    assert set(found) == {"a.lock", "now", "gone", "pic"}


@pytest.mark.parametrize(("mode", "rule"), [("120000", "symlink"), ("160000", "gitlink")])
def test_links_are_refused(mode: str, rule: str) -> None:
    check = run(policy.check, context({}, {"lib": "/etc/passwd"}, modes={"lib": mode}))
    assert check.status is CheckStatus.FAILED
    assert rule in rules(check)


def test_a_summary_names_the_paths_or_speaks_of_the_whole_change() -> None:
    line = run(policy.check, context({}, {"a\nb.txt": "x"}))
    assert line.summary == "a\\nb.txt may not be changed like this."
    large = run(policy.check, context({}, {"a.txt": "x\n" * 3000}))
    assert large.summary == "3000 added lines are more than a person reviews well."


def test_the_specs_paths_are_kept() -> None:
    wanted = spec(paths={"allow": ["src/**", "tests/**"], "deny": ["src/tax/**"]})
    good = run(policy.check, context({}, {"src/a/b.py": TEXT, "tests/test_a.py": TEXT}, wanted=wanted))
    outside = run(policy.check, context({}, {"setup.txt": TEXT}, wanted=wanted))
    denied = run(policy.check, context({}, {"src/tax/rates.py": TEXT}, wanted=wanted))
    assert good.status is CheckStatus.PASSED
    assert (rules(outside), rules(denied)) == ({"outside"}, {"denied"})
    assert denied.status is CheckStatus.FAILED


def test_invisible_characters_are_refused_with_their_line() -> None:
    check = run(policy.check, context({"a.py": "x = 1\n"}, {"a.py": "x = 1\ny = '\u202e'\n"}))
    assert check.status is CheckStatus.FAILED
    assert [(one.rule, one.line) for one in check.findings] == [("bidi", 2)]
