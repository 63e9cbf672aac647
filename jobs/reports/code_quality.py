"""Code Quality JSON, see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

import hashlib
import json
from collections import Counter

from jobs.domain.risk import SURVIVED, UNCOVERED
from jobs.domain.verdict import Check, CheckStatus, Finding, Verdict

_GUARDS = frozenset({"policy", "secrets", "security", "integrity"})
_QUIET = frozenset({CheckStatus.PASSED, CheckStatus.SKIPPED})


def code_quality(verdict: Verdict) -> str:
    """Every finding that names a file, each with a fingerprint that stays when its line moves."""
    seen: Counter[str] = Counter()
    entries = []
    for check in verdict.checks:
        for finding in check.findings:
            if finding.path and check.status not in _QUIET:
                entry = _entry(check, finding, finding.path)
                entries.append(entry | {"fingerprint": _fingerprint(check, finding, seen)})
    return json.dumps(entries, indent=1, ensure_ascii=True) + "\n"


def _entry(check: Check, finding: Finding, path: str) -> dict[str, object]:
    return {
        "description": finding.text,
        "check_name": f"{check.name}.{finding.rule}",
        "severity": _severity(check, finding),
        "location": {"path": path, "lines": {"begin": finding.line or 1}},
    }


def _fingerprint(check: Check, finding: Finding, seen: Counter[str]) -> str:
    facts = "\0".join((check.name, finding.rule, finding.path or "", finding.text))
    seen[facts] += 1
    whole = f"{facts}\0{seen[facts]}".encode("utf-8", "surrogateescape")
    return hashlib.sha256(whole).hexdigest()


def _severity(check: Check, finding: Finding) -> str:
    if check.status is CheckStatus.FAILED and check.blocking:
        return "blocker" if check.name in _GUARDS else "critical"
    if finding.rule == UNCOVERED:
        return "info"
    return "major" if finding.rule == SURVIVED or check.name in _GUARDS else "minor"
