"""types: what the repository's own type checkers newly find.

A new type error rejects the change. Who configures a type checker relies on it, an error that the target
base does not have is a fact about this change and no matter of taste, and the engine can mend it in its next
round. A missing or broken checker does not hold the change back: nothing is known, the reviewer is told.
"""

from typing import Final

from jobs.checks.compared import MAX_FINDINGS, compared, ours, unavailable
from jobs.checks.context import CheckContext
from jobs.checks.linters import CHECKERS
from jobs.domain.verdict import Check, CheckStatus

NAME: Final = "types"
NEEDS: Final = ("analyse",)


async def check(ctx: CheckContext) -> Check:
    """Run every configured type checker on both sides; only what is new counts."""
    found = await compared(ctx, CHECKERS)
    if isinstance(found, str):
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary=found, blocking=False)
    nothing = unavailable(NAME, found)
    if nothing is not None:
        return nothing
    new = sorted((issue for one in found for issue in one.new), key=lambda one: not ours(ctx, one))
    stops = any(ours(ctx, one) for one in new)
    missing = "".join(f" {one.problem[:1].upper()}{one.problem[1:]}." for one in found if one.problem)
    names = " and ".join(one.tool for one in found if not one.problem)
    count = f"{len(new)} new type error{'' if len(new) == 1 else 's'}" if new else "No new type error"
    status = CheckStatus.FAILED if stops else CheckStatus.WARNING if new or missing else CheckStatus.PASSED
    return Check(
        name=NAME,
        status=status,
        summary=f"{count} by {names}.{missing}",
        findings=tuple(one.finding for one in new[:MAX_FINDINGS]),
        seconds=round(sum(one.seconds for one in found), 3),
        command=" && ".join(one.command for one in found if one.command),
        blocking=stops,
    )
