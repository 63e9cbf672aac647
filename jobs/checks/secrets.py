"""secrets: credentials in added lines; what was found is named, never repeated."""

import re
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.redaction import found_in

NAME: Final = "secrets"
NEEDS: Final = ()
MAX_FINDINGS: Final = 60


_JOINT: Final = re.compile(r"(['\"])\s*\+?\s*(?:\1)")
"""Between two texts that a program puts together."""


async def check(ctx: CheckContext) -> Check:
    """Look at the lines and file names that the change adds, nothing else; one credential rejects it."""
    findings = [
        Finding(rule=name, text=f"Looks like a credential ({name}).", path=line.path, line=line.number)
        for line in added_lines(ctx.patch.diff)
        for name in found_in(_JOINT.sub("", line.text))
    ]
    findings += [
        Finding(rule=name, text=f"The name of a file looks like a credential ({name}).")
        for file in ctx.patch.files
        for name in found_in(file.path)
    ]
    if not findings:
        return Check(name=NAME, status=CheckStatus.PASSED, summary="No credential in the added lines.")
    count = len({(finding.path, finding.line) for finding in findings})
    summary = f"{count} added {'line looks' if count == 1 else 'lines look'} like a credential."
    shown = tuple(findings[:MAX_FINDINGS])
    return Check(name=NAME, status=CheckStatus.FAILED, summary=summary, findings=shown)
