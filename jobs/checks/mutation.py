"""mutation: small faults in the changed lines; what no acceptance test notices is shown."""

from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.mutation_runs import Tried
from jobs.domain.risk import SURVIVED
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "mutation"
NEEDS: Final = ("mutation",)


async def check(ctx: CheckContext) -> Check:
    """Name the survivors with line and fault; never blocks by itself, evidence uses what was killed."""
    result = await ctx.trials.mutation()
    deaf = tuple(
        Finding(rule="deaf-test", text=f"{node} still passes with its assertion turned around.")
        for node in sorted(result.deaf)
    )
    if result.unavailable:
        summary = result.unavailable[:1].upper() + result.unavailable[1:] + "."
        return Check(
            name=NAME, status=CheckStatus.NOT_AVAILABLE, summary=summary, findings=deaf, blocking=False
        )
    noticed = sum(one.noticed for one in result.tried)
    findings = [
        *deaf,
        *(_survivor(one) for one in result.tried if not one.noticed),
    ]
    return Check(
        name=NAME,
        status=CheckStatus.WARNING if findings else CheckStatus.PASSED,
        summary=f"Small faults noticed by the acceptance tests: {noticed} of {len(result.tried)}.",
        findings=tuple(findings),
        blocking=False,
    )


def _survivor(one: Tried) -> Finding:
    return Finding(
        rule=SURVIVED,
        text=f"No acceptance test notices {one.mutant.text}.",
        path=one.mutant.path,
        line=one.mutant.line,
    )
