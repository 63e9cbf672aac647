"""integrity: a change may not make tests pass by anything but doing what was asked."""

import asyncio
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.integrity import (
    assertions,
    by_token,
    foreign,
    golang,
    hidden,
    javascript,
    literals,
    product,
    surroundings,
    tests,
    titled,
)
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "integrity"
NEEDS: Final = ()
MAX_FINDINGS: Final = 60

_PYTHON: Final = (
    *tests.RULES,
    *assertions.RULES,
    *product.RULES,
    *hidden.RULES,
    *literals.RULES,
    *surroundings.RULES,
)
RULES: Final = (*_PYTHON, *titled.RULES, *by_token.RULES, *javascript.RULES, *golang.RULES)
"""Every rule: a context in, `(blocking, finding)` pairs out."""


async def check(ctx: CheckContext) -> Check:
    """Apply every rule; a blocking finding rejects the change, the others weaken its proof or inform."""
    # reading large files takes seconds, in which the worker renews its leases
    found = await asyncio.to_thread(_found, ctx)
    blocking = sum(stops for stops, _ in found)
    if blocking:
        status, summary = (
            CheckStatus.FAILED,
            f"{_places(blocking)} tests weakened or the test run reached into.",
        )
    elif found:
        status, summary = (
            CheckStatus.WARNING,
            f"{_places(len(found))} something that a reviewer should look at.",
        )
    else:
        status, summary = CheckStatus.PASSED, "Nothing weakens tests or reaches into the test run."
    ordered = sorted(found, key=lambda pair: not pair[0])[:MAX_FINDINGS]
    return Check(name=NAME, status=status, summary=summary, findings=tuple(one for _, one in ordered))


def _found(ctx: CheckContext) -> list[tuple[bool, Finding]]:
    others = {one.path for one in ctx.changes if foreign.is_foreign(one)}
    return [(stops and one.path not in others, one) for rule in RULES for stops, one in rule(ctx)]


def _places(count: int) -> str:
    return "One place has" if count == 1 else f"{count} places have"
