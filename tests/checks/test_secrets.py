"""Credentials in added lines are named and never repeated; no text leaves with one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.checks import secrets
from jobs.domain.verdict import CheckStatus
from jobs.redaction import found_in, scrub
from tests.checks.contexts import context, rules, run

LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8z"

KINDS = [
    ("token = 'glp" + "at-" + LETTERS[:20] + "'", "gitlab-token"),
    ("xo" + "xb-1234567890-" + LETTERS, "slack-token"),
    ("xap" + "p-1-A0123ABC-1234567890-" + "0f" * 20, "slack-token"),
    ("https://hooks.sla" + "ck.com/services/T01ABCDEF/B01ABCDEF/" + LETTERS, "slack-webhook"),
    ("key: sk" + "-ant-api03-" + LETTERS, "anthropic-key"),
    ("key: sk" + "-proj-" + LETTERS * 2, "openai-key"),
    ("AK" + "IAIOSFODNN7EXAMPLQ", "aws-key-id"),
    ("aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "ABCDEFGHIJ", "aws-secret"),
    ("AI" + "za" + (LETTERS * 2)[:35], "google-key"),
    ("DefaultEndpointsProtocol=https;Account" + "Key=" + LETTERS * 3 + "ab==", "azure-key"),
    ("client = 'abc" + "8Q~" + LETTERS + "abcdef'", "azure-secret"),
    ("-----BEGIN RSA PRIV" + "ATE KEY-----", "private-key"),
    ("redis://user:hunter22@db.example.com/0", "url-password"),
    ("redis://:hunter22@db.internal:6379/0", "url-password"),
    ("ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + LETTERS, "json-web-token"),
    ('api_key = "' + LETTERS + '"', "assigned-secret"),
    ("DB_PASSWORD=" + LETTERS, "assigned-secret"),
    ("{'client_secret': '" + "0f3a9b7c1d5e2468" * 2 + "'}", "assigned-secret"),
]


@pytest.mark.parametrize(("line", "rule"), KINDS)
def test_each_kind_is_found(line: str, rule: str) -> None:
    check = run(secrets.check, context({}, {"a.txt": f"{line}\n"}))
    assert check.status is CheckStatus.FAILED
    assert rule in rules(check)
    assert LETTERS[:20] not in check.model_dump_json()
    assert LETTERS[:20] not in scrub(line)
    assert not found_in(scrub(line))


@pytest.mark.parametrize(
    "line",
    [
        "password = os.environ['PASSWORD']",
        "api_key = get_key()",
        "token = self.settings.tokens.current_token_value_v2",
        "secret = read_secret_from_the_vault_2(name)",
        "https://example.com/path:with@sign",
        "sha = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'",
        "Codegen-Chain: a94a8fe5ccb19ba61c4c0873d391e987982fbbd3a94a8fe5ccb19ba61c4c0873",
        "postgres://user:${PASSWORD}@db.example.com",
        "PASSWORD_RESET_TOKEN_LIFETIME = 3600",
        "def test_the_token_is_refreshed_after_3600_seconds_of_waiting():",
        "token: str = field(default_factory=make_token_of_length_32)",
    ],
)
def test_ordinary_lines_are_left_alone(line: str) -> None:
    assert run(secrets.check, context({}, {"a.txt": f"{line}\n"})).status is CheckStatus.PASSED
    assert scrub(line) == line


def test_what_was_there_before_does_not_count() -> None:
    old = "t = 'glp" + "at-" + LETTERS[:20] + "'\n"
    check = run(secrets.check, context({"a.py": old}, {"a.py": old + "x = 1\n"}))
    assert check.status is CheckStatus.PASSED


def test_a_file_named_like_a_credential_is_not_repeated() -> None:
    check = run(secrets.check, context({}, {"glp" + "at-" + LETTERS[:20]: "x\n"}))
    assert check.status is CheckStatus.FAILED
    assert LETTERS[:20] not in check.model_dump_json()


def test_a_whole_private_key_goes() -> None:
    key = "-----BEGIN PRIV" + "ATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ==\n-----END PRIV" + "ATE KEY-----"
    assert scrub(f"before\n{key}\nafter") == "before\n[private-key removed]\nafter"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([line for line, _ in KINDS]) | st.text(max_size=30), max_size=4))
def test_a_scrubbed_text_is_never_longer_and_stays_as_it_is(parts: list[str]) -> None:
    text = " ".join(parts)
    once = scrub(text)
    assert len(once) <= len(text)
    assert LETTERS[:20] not in once
    assert scrub(once) == once
