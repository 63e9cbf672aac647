"""lint: what the repository's own linters newly find.

New findings warn and do not reject: style is the repository's taste, a person or a formatter settles it in a
minute, and the repository's own pipeline decides whether it blocks.
"""

from typing import Final

from jobs.checks.compared import MAX_FINDINGS, compared, unavailable
from jobs.checks.context import CheckContext
from jobs.checks.linters import LINTERS
from jobs.domain.verdict import Check, CheckStatus

NAME: Final = "lint"
NEEDS: Final = ("analyse",)


async def check(ctx: CheckContext) -> Check:
    """Run every configured linter on the changed files of both sides; only what is new counts."""
    found = await compared(ctx, LINTERS)
    if isinstance(found, str):
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary=found, blocking=False)
    nothing = unavailable(NAME, found)
    if nothing is not None:
        return nothing
    new = [issue for one in found for issue in one.new]
    missing = "".join(f" {one.problem[:1].upper()}{one.problem[1:]}." for one in found if one.problem)
    names = " and ".join(one.tool for one in found if not one.problem)
    count = f"{len(new)} new finding{'' if len(new) == 1 else 's'}" if new else "Nothing new"
    return Check(
        name=NAME,
        status=CheckStatus.WARNING if new or missing else CheckStatus.PASSED,
        summary=f"{count} by {names}.{missing}",
        findings=tuple(one.finding for one in new[:MAX_FINDINGS]),
        seconds=round(sum(one.seconds for one in found), 3),
        command=" && ".join(one.command for one in found if one.command),
        blocking=False,
    )
