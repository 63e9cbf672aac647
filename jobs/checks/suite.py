"""suite: every test that is stable on the target base still passes on the head."""

from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.names import Removed, removed_names
from jobs.checks.report import Case, CaseOutcome, collection_error
from jobs.checks.suites import BaseSuite, HeadSuite
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "suite"
NEEDS: Final = ("base_suite", "head_suite")
MAX_FINDINGS: Final = 40


async def check(ctx: CheckContext) -> Check:
    """Compare both sides, test by test; a test may only be missing together with the code it is about."""
    base = await ctx.trials.base_suite()
    if base.problem:
        return Check(
            name=NAME,
            status=CheckStatus.NOT_AVAILABLE,
            summary=f"The suite cannot be run on the target base: {base.problem}.",
            command=base.command,
            seconds=base.seconds,
            log=base.log,
        )
    head = await ctx.trials.head_suite()
    seconds = round(base.seconds + head.trial.seconds, 3)
    status, summary, findings = await _compared(ctx, base, head)
    return Check(
        name=NAME,
        status=status,
        summary=summary,
        findings=tuple(findings[:MAX_FINDINGS]),
        seconds=seconds,
        command=head.trial.command,
        log=head.trial.log,
    )


async def _compared(
    ctx: CheckContext, base: BaseSuite, head: HeadSuite
) -> tuple[CheckStatus, str, list[Finding]]:
    if head.trial.problem:
        return CheckStatus.FAILED, f"The suite says nothing: {head.trial.problem}.", []
    if not base.passing:
        return CheckStatus.WARNING, _nothing(base, ctx.trials.toolchain.name), []
    if head.deaf:
        text = f"The suite says nothing: {head.deaf[0]} still passes with its assertion turned around."
        return CheckStatus.FAILED, text, []
    removed = removed_names(ctx.changes)
    broken: list[Finding] = []
    excused: list[Finding] = []
    for name in base.passing:
        case = head.trial.cases.get(name)
        if case is not None and case.outcome is CaseOutcome.PASSED:
            continue
        excuse = _flaky(head, name) or await _excuse(ctx, name, removed)
        (excused if excuse else broken).append(_finding(ctx, name, head, excuse))
    flaky = [_flaky_finding(ctx, name) for name in base.flaky]
    if broken:
        text = f"{_tests(len(broken))} of {len(base.passing)} that pass on the target base no longer do."
        return CheckStatus.FAILED, text, broken + excused
    kept = len(base.passing) - len(excused)
    text = f"{_tests(kept)} that pass on the target base pass on the head."
    return (CheckStatus.WARNING if excused else CheckStatus.PASSED), text, excused + flaky


def _nothing(base: BaseSuite, runner: str) -> str:
    if base.known:
        return f"On the target base none of {base.known} tests is stable and passing: nothing to compare."
    # unittest is taken where pytest is missing, and does not see what is written for it
    hint = " Tests written for pytest need an environment that has it." if runner == "unittest" else ""
    return f"`{base.command}` finds no test on the target base: nothing to compare.{hint}"


def _flaky(head: HeadSuite, name: str) -> str:
    if any(name in one.cases and one.cases[name].outcome is CaseOutcome.PASSED for one in head.again):
        return "passes in some runs only: flaky"
    return ""


async def _excuse(ctx: CheckContext, name: str, removed: Removed) -> str:
    """Why a test may fail or be missing: its code went with it, or a person asked for its change."""
    path = ctx.trials.toolchain.file_of(name)
    change = next((one for one in ctx.changes if path in (one.path, one.file.old_path)), None)
    if change is None:
        return ""
    in_head = await _head_case(ctx, name)
    passes = in_head is not None and in_head.outcome is CaseOutcome.PASSED
    if passes and any(_covers(node, name) for node in _asked_by_person(ctx)):
        return "changed by this change, as a criterion names it"
    if passes and removed.follows(*change.text(), name):
        return "follows a module that this change moves"
    gone = removed.used_by(change.text()[0], name)
    if gone and (in_head is None or passes):
        return f"needs `{gone}`, which this change removes"
    return ""


async def _head_case(ctx: CheckContext, name: str) -> Case | None:
    acceptance = await ctx.trials.acceptance()
    return acceptance.head[0].cases.get(name) if acceptance else None


def _asked_by_person(ctx: CheckContext) -> list[str]:
    return [node for one in ctx.spec.criteria if one.proof for node in one.proof.tests]


def _covers(node: str, name: str) -> bool:
    return name == node or name.startswith((f"{node}[", f"{node}::"))


def _finding(ctx: CheckContext, name: str, head: HeadSuite, excuse: str) -> Finding:
    path, case = ctx.trials.toolchain.file_of(name), head.trial.cases.get(name)
    if excuse:
        return Finding(rule="suite-excused", text=f"{name}: {excuse}.", path=path)
    if case is None:
        error = collection_error(head.trial.cases, path)
        why = f": {error.message}" if error else "."
        return Finding(rule="suite-missing", text=f"{name} is not run any more{why}", path=path)
    if case.outcome is CaseOutcome.SKIPPED:
        return Finding(rule="suite-skipped", text=f"{name} is skipped now.", path=path)
    touched = any(path in (one.path, one.file.old_path) for one in ctx.changes)
    hint = " If that is meant, let a criterion name this test." if touched else ""
    return Finding(rule="suite-broken", text=f"{name} fails: {case.message}{hint}", path=path)


def _flaky_finding(ctx: CheckContext, name: str) -> Finding:
    text = f"{name} is flaky on the target base and does not count."
    return Finding(rule="suite-flaky", text=text, path=ctx.trials.toolchain.file_of(name))


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
