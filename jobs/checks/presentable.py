"""What checks and evidence say, made fit for a record: no credential, no local path, valid text."""

from jobs.domain.verdict import Check, Evidence, Finding
from jobs.redaction import scrub

LOG_BYTES = 8_192
"""Bytes kept of what a command printed."""
PROOF_LOG = 2_048
"""Bytes kept of what a proof printed on both sides."""


def presentable(check: Check, *, environment: str | None) -> Check:
    """The check with every text cleaned."""
    log = _tail(check.log, environment, LOG_BYTES)
    findings = tuple(_finding(one, environment) for one in check.findings)
    summary = _clean(check.summary, environment)
    return check.model_copy(update={"log": log, "findings": findings, "summary": summary})


def presentable_evidence(one: Evidence, *, environment: str | None) -> Evidence:
    """The evidence with its texts cleaned."""
    log = _tail(one.log, environment, PROOF_LOG)
    return one.model_copy(update={"reason": _clean(one.reason, environment), "log": log})


def _finding(one: Finding, environment: str | None) -> Finding:
    path = one.path and _clean(one.path, None)
    return one.model_copy(update={"text": _clean(one.text, environment), "path": path})


def _tail(text: str, environment: str | None, most: int) -> str:
    return _clean(text, environment).encode()[-most:].decode(errors="ignore")


def _clean(text: str, environment: str | None) -> str:
    text = text.encode("utf-8", "replace").decode()
    if environment:
        text = text.replace(environment, "environment")
    return scrub(text)
