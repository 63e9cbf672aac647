"""blind_tests: what independent tests were written for criteria without a proof, and what they say."""

from typing import Final

from jobs.checks.blind_runs import Blind, wanted_by
from jobs.checks.context import CheckContext
from jobs.checks.evidence_blind import guessed
from jobs.checks.readback import NOBODY
from jobs.checks.report import CaseOutcome
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "blind_tests"
NEEDS: Final = ("blind",)
RULE: Final = "blind-disagrees"
"""Rule of a finding about an independent test that fails on the head."""


async def check(ctx: CheckContext) -> Check:
    """Say which criteria have one, which do not and why; what they prove stands in the evidence."""
    if not wanted_by(ctx.spec):
        summary = "Every criterion has its proof, or this kind of change takes none."
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary=summary, blocking=False)
    if ctx.model is None:
        return Check(name=NAME, status=CheckStatus.NOT_AVAILABLE, summary=NOBODY, blocking=False)
    blind = await ctx.trials.blind()
    failing = tuple(one for one, node in blind.nodes.items() if _fails(blind, node))
    findings = (
        *(_disagreement(blind, one) for one in failing),
        *(Finding(rule="blind-missing", text=f"{one}: {why}") for one, why in blind.missing.items()),
    )
    runs = blind.runs
    return Check(
        name=NAME,
        status=_status(blind, findings),
        summary=f"Independent tests were run for {len(blind.nodes)} of {len(blind.wanted)} criteria.",
        findings=findings,
        seconds=round(runs.base.seconds + sum(one.seconds for one in runs.head), 3) if runs else 0.0,
        command=runs.head[0].command if runs else None,
        blocking=False,
        log=blind.file.text()[1] if blind.file else "",
    )


def _status(blind: Blind, findings: tuple[Finding, ...]) -> CheckStatus:
    if not blind.nodes:
        return CheckStatus.NOT_AVAILABLE
    return CheckStatus.WARNING if findings else CheckStatus.PASSED


def _fails(blind: Blind, node: str) -> bool:
    if blind.runs is None or guessed(blind, node):
        return False
    _, heads = blind.runs.cases(node)
    return any(case.outcome is CaseOutcome.FAILED for run in heads for case in run.values())


def _disagreement(blind: Blind, criterion: str) -> Finding:
    assert blind.runs is not None
    _, heads = blind.runs.cases(blind.nodes[criterion])
    message = next(
        (case.message for run in heads for case in run.values() if case.outcome is CaseOutcome.FAILED), ""
    )
    text = f"{criterion}: a test written without seeing the change fails on it: {message}"
    return Finding(rule=RULE, text=text)
