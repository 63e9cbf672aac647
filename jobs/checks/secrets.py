"""secrets: credentials in added lines; what was found is named, never repeated."""

import re
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "secrets"
NEEDS: Final = ()

PATTERNS: Final = {
    "gitlab-token": r"\bgl(?:pat|dt|rt|ptt|soat|agent|cbt|imt|ft|oas|ffct)-[0-9A-Za-z_.=-]{20,}",
    "slack-token": r"\bxox[abeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[0-9a-f]{20,}",
    "slack-webhook": r"hooks\.slack\.com/(?:services|workflows)/T[0-9A-Z]{6,}/[0-9A-Za-z/_-]{12,}",
    "openai-key": r"\bsk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{32,}",
    "anthropic-key": r"\bsk-ant-[0-9A-Za-z_-]{24,}",
    "google-key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "huggingface-token": r"\bhf_[0-9A-Za-z]{30,}\b",
    "groq-key": r"\bgsk_[0-9A-Za-z]{40,}\b",
    "github-token": r"\bgh[pousr]_[0-9A-Za-z]{36,}\b|\bgithub_pat_[0-9A-Za-z_]{50,}",
    "aws-key-id": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "aws-secret": r"(?i)aws.{0,20}secret.{0,20}['\"=: ][0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=])",
    "private-key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "npm-token": r"\bnpm_[0-9A-Za-z]{36}\b",
    "pypi-token": r"\bpypi-AgEI[0-9A-Za-z_-]{50,}",
    "stripe-key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "json-web-token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "url-password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}$<]+:[^\s/:@'\"{}$<]{6,}@[^\s/'\"]+\.[a-z]{2,}",
    "assigned-secret": (
        r"(?i)\b[a-z0-9_]*(?:password|passwd|api_?key|secret_?key|access_?token|auth_?token)\b"
        r"['\"]?\s*[:=]\s*['\"](?=[^'\"]*[0-9])(?=[^'\"]*[A-Za-z])[0-9A-Za-z+/_=.-]{20,}['\"]"
    ),
}
"""Name → pattern of what a credential looks like."""

_COMPILED: Final = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}


def found_in(text: str) -> tuple[str, ...]:
    """Names of the patterns that a text matches."""
    return tuple(name for name, pattern in _COMPILED.items() if pattern.search(text))


def redacted(text: str) -> str:
    """The text with everything that looks like a credential replaced."""
    for name, pattern in _COMPILED.items():
        text = pattern.sub(f"[{name} removed]", text)
    return text


_JOINT: Final = re.compile(r"(['\"])\s*\+?\s*(?:\1)")
"""Between two texts that a program puts together."""


async def check(ctx: CheckContext) -> Check:
    """Look at the lines that the change adds, nothing else."""
    findings = tuple(
        Finding(rule=name, text=f"Looks like a credential ({name}).", path=line.path, line=line.number)
        for line in added_lines(ctx.patch.diff)
        for name in found_in(_JOINT.sub("", line.text))
    )
    if not findings:
        return Check(name=NAME, status=CheckStatus.PASSED, summary="No credential in the added lines.")
    count = len({(finding.path, finding.line) for finding in findings})
    summary = f"{count} added {'line looks' if count == 1 else 'lines look'} like a credential."
    return Check(name=NAME, status=CheckStatus.FAILED, summary=summary, findings=findings)
