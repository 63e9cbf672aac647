"""Credentials in added lines are named and never repeated."""

import pytest

from jobs.checks import secrets
from jobs.domain.verdict import CheckStatus
from tests.checks.contexts import context, rules, run

LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8z"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("token = 'glp" + "at-" + LETTERS[:20] + "'", "gitlab-token"),
        ("xo" + "xb-1234567890-" + LETTERS, "slack-token"),
        ("xap" + "p-1-A0123ABC-1234567890-" + "0f" * 20, "slack-token"),
        ("key: sk" + "-ant-api03-" + LETTERS, "anthropic-key"),
        ("key: sk" + "-proj-" + LETTERS * 2, "openai-key"),
        ("AK" + "IAIOSFODNN7EXAMPLQ", "aws-key-id"),
        ("-----BEGIN RSA PRIV" + "ATE KEY-----", "private-key"),
        ("redis://user:hunter22@db.example.com/0", "url-password"),
        ('api_key = "' + LETTERS + '"', "assigned-secret"),
    ],
)
def test_each_kind_is_found(line: str, rule: str) -> None:
    check = run(secrets.check, context({}, {"a.txt": f"{line}\n"}))
    assert check.status is CheckStatus.FAILED
    assert rule in rules(check)
    assert LETTERS[:20] not in check.model_dump_json()
    assert LETTERS[:20] not in secrets.redacted(line)


@pytest.mark.parametrize(
    "line",
    [
        "password = os.environ['PASSWORD']",
        "api_key = get_key()",
        "https://example.com/path:with@sign",
        "sha = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'",
        "postgres://user:${PASSWORD}@db.example.com",
    ],
)
def test_ordinary_lines_are_left_alone(line: str) -> None:
    assert run(secrets.check, context({}, {"a.txt": f"{line}\n"})).status is CheckStatus.PASSED


def test_what_was_there_before_does_not_count() -> None:
    old = "t = 'glp" + "at-" + LETTERS[:20] + "'\n"
    check = run(secrets.check, context({"a.py": old}, {"a.py": old + "x = 1\n"}))
    assert check.status is CheckStatus.PASSED
