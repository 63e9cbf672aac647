"""What became of the tests that pass on the target base."""

from enum import Enum, auto

from jobs.checks.context import CheckContext
from jobs.checks.removed import Removed, removed_names
from jobs.checks.report import CaseOutcome
from jobs.checks.suites import BaseSuite, HeadSuite


class Ending(Enum):
    """What became of a test that passes on the target base."""

    KEPT = auto()
    """It passes as it was."""
    GONE = auto()
    """It went with the code that it was about."""
    EXCUSED = auto()
    """It is flaky, or a person asked for its change."""
    OPEN = auto()
    """It passes, but says something else: a person must look."""
    BROKEN = auto()
    """It fails, or is not run any more."""


async def endings(ctx: CheckContext, base: BaseSuite, head: HeadSuite) -> dict[str, tuple[Ending, str]]:
    """Each test's ending, and why."""
    removed = removed_names(ctx.changes)
    return {name: await _ending(ctx, name, head, removed) for name in base.passing}


async def _ending(ctx: CheckContext, name: str, head: HeadSuite, removed: Removed) -> tuple[Ending, str]:
    """What became of a test that passes on the target base, and why."""
    case = head.trial.cases.get(name)
    passes = case is not None and case.outcome is CaseOutcome.PASSED
    path = ctx.trials.toolchain.file_of(name)
    if passes and path not in head.own:
        return Ending.KEPT, ""
    if flaky := _flaky(head, name):
        return Ending.EXCUSED, flaky
    change = next((one for one in ctx.changes if path in (one.path, one.file.old_path)), None)
    if change is None:
        return Ending.BROKEN, ""
    before, after = change.text()
    if passes and removed.alike(path, before, after, name):
        return Ending.KEPT, ""
    named = any(_covers(node, name) for node in _asked_by_person(ctx))
    if named and (passes or await _passes_as_it_is(ctx, name)):
        return Ending.EXCUSED, "changed by this change, as a criterion names it"
    gone = removed.used_by(path, before, name)
    if case is None and gone:
        return Ending.GONE, f"needs `{gone}`, which this change removes"
    if passes:
        return (
            Ending.OPEN,
            f"changed with `{gone}`, which this change removes" if gone else "changed as well",
        )
    return Ending.BROKEN, ""


async def _passes_as_it_is(ctx: CheckContext, name: str) -> bool:
    acceptance = await ctx.trials.acceptance()
    case = acceptance.head[0].cases.get(name) if acceptance else None
    return case is not None and case.outcome is CaseOutcome.PASSED


def _asked_by_person(ctx: CheckContext) -> list[str]:
    return [node for one in ctx.spec.criteria if one.proof for node in one.proof.tests]


def _covers(node: str, name: str) -> bool:
    return name == node or name.startswith((f"{node}[", f"{node}::"))


def _flaky(head: HeadSuite, name: str) -> str:
    if any(name in one.cases and one.cases[name].outcome is CaseOutcome.PASSED for one in head.again):
        return "passes in some runs only: flaky"
    return ""
