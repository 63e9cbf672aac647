"""consumers: repositories that depend on this one still pass their tests with the change.

Which ones is the operator's word, in codegen.toml. Only tests count that pass with the target base's code.
"""

from typing import Final

from jobs.checks.consumer_runs import Consumed
from jobs.checks.context import CheckContext
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "consumers"
NEEDS: Final = ("consumers",)
RULE: Final = "consumer-broken"
MAX_FINDINGS: Final = 40


async def check(ctx: CheckContext) -> Check:
    """Name what newly fails, by repository and test; a consumer that cannot be run says nothing."""
    found = await ctx.trials.consumers()
    if not found:
        summary = "No repository is named that depends on this one."
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary=summary)
    status, summary = _judged(found)
    return Check(
        name=NAME,
        status=status,
        summary=summary,
        findings=tuple(one for consumer in found for one in _findings(consumer))[:MAX_FINDINGS],
        seconds=round(sum(one.seconds for one in found), 3),
        command=next((one.command for one in found if one.command), None),
    )


def _judged(found: tuple[Consumed, ...]) -> tuple[CheckStatus, str]:
    broken = [one for one in found if one.broken]
    if broken:
        count = sum(len(one.broken) for one in broken)
        tests = "test newly fails" if count == 1 else "tests newly fail"
        return CheckStatus.FAILED, f"{count} {tests} in {', '.join(one.name for one in broken)}."
    silent = [one for one in found if one.problem]
    if silent:
        told = "; ".join(f"{one.name}: {one.problem}" for one in silent)
        return CheckStatus.NOT_AVAILABLE, f"Not run: {told}"
    passing = sum(one.passing for one in found)
    return CheckStatus.PASSED, f"{passing} tests of {len(found)} dependent repositories pass as before."


def _findings(one: Consumed) -> list[Finding]:
    if one.problem:
        return [Finding(rule="consumer-not-run", text=f"{one.name}: {one.problem}")]
    return [
        Finding(rule=RULE, text=f"{one.name}: {test} fails with this change: {message}")
        for test, message in one.broken
    ]
