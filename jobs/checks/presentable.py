"""What checks and evidence say, made fit for a record: no credential, no local path, valid text."""

from jobs.domain.verdict import Check, Evidence, Finding
from jobs.redaction import scrub

LOG_BYTES = 8_192
"""Bytes kept of what a command printed."""


def presentable(check: Check, *, environment: str | None) -> Check:
    """The check with every text cleaned."""
    log = _clean(check.log, environment).encode()[-LOG_BYTES:].decode(errors="ignore")
    findings = tuple(_finding(one, environment) for one in check.findings)
    summary = _clean(check.summary, environment)
    return check.model_copy(update={"log": log, "findings": findings, "summary": summary})


def presentable_evidence(one: Evidence, *, environment: str | None) -> Evidence:
    """The evidence with its reason cleaned."""
    return one.model_copy(update={"reason": _clean(one.reason, environment)})


def _finding(one: Finding, environment: str | None) -> Finding:
    path = one.path and _clean(one.path, None)
    return one.model_copy(update={"text": _clean(one.text, environment), "path": path})


def _clean(text: str, environment: str | None) -> str:
    text = text.encode("utf-8", "replace").decode()
    if environment:
        text = text.replace(environment, "environment")
    return scrub(text)
