"""What a diff may not touch, before anything runs."""

import pytest

from jobs.checks import policy
from jobs.domain.verdict import CheckStatus
from tests.checks.contexts import context, rules, run
from tests.verification import spec

TEXT = "one line\n"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".gitlab-ci.yml", "ci"),
        (".gitlab/ci/deploy.yml", "ci"),
        (".github/workflows/test.yml", "ci"),
        ("CODEOWNERS", "codeowners"),
        ("docs/CODEOWNERS", "codeowners"),
        (".gitattributes", "git"),
        ("vendored/.gitmodules", "git"),
        ("AGENTS.md", "agent"),
        (".claude/settings.json", "agent"),
        (".vscode/tasks.json", "agent"),
        (".npmrc", "registry"),
        ("src/sitecustomize.py", "start-up"),
        ("evil.pth", "start-up"),
        ("evil-1.0.dist-info/entry_points.txt", "start-up"),
        (".pre-commit-config.yaml", "hooks"),
    ],
)
def test_some_paths_are_refused(path: str, rule: str) -> None:
    check = run(policy.check, context({}, {path: TEXT}))
    assert check.status is CheckStatus.FAILED
    assert rule in rules(check)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("uv.lock", "lockfile"),
        ("requirements-dev.txt", "lockfile"),
        ("deploy/Dockerfile", "container"),
        ("pyproject.toml", "build"),
    ],
)
def test_other_paths_need_a_look(path: str, rule: str) -> None:
    check = run(policy.check, context({}, {path: TEXT}))
    assert check.status is CheckStatus.WARNING
    assert rules(check) == {rule}


@pytest.mark.parametrize(("mode", "rule"), [("120000", "symlink"), ("160000", "gitlink")])
def test_links_are_refused(mode: str, rule: str) -> None:
    check = run(policy.check, context({}, {"lib": "/etc/passwd"}, modes={"lib": mode}))
    assert check.status is CheckStatus.FAILED
    assert rule in rules(check)


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
