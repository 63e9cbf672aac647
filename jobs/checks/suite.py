"""suite: every test that is stable on the target base still passes on the head."""

from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.endings import Ending, endings
from jobs.checks.report import CaseOutcome, collection_error
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
    found: dict[Ending, list[Finding]] = {one: [] for one in Ending}
    for name, (ending, why) in (await endings(ctx, base, head)).items():
        if ending is not Ending.KEPT:
            found[ending].append(_finding(ctx, head, name, (ending, why)))
    broken, open_, excused = (
        found[Ending.BROKEN],
        found[Ending.OPEN],
        found[Ending.GONE] + found[Ending.EXCUSED],
    )
    flaky = [_flaky_finding(ctx, name) for name in base.flaky]
    if broken:
        does = "fails" if len(broken) == 1 else "fail"
        text = f"{_tests(len(broken))} of {len(base.passing)} that the target base passes {does} on the head."
        return CheckStatus.FAILED, text, broken + open_ + excused
    if open_:
        text = f"Changed together with what they test, so not compared: {_tests(len(open_))}."
        return CheckStatus.NOT_AVAILABLE, text, open_ + excused
    kept = len(base.passing) - len(excused)
    text = f"{_tests(kept)} {'passes' if kept == 1 else 'pass'} on the target base and on the head."
    return (CheckStatus.WARNING if excused else CheckStatus.PASSED), text, excused + flaky


def _nothing(base: BaseSuite, runner: str) -> str:
    if base.known:
        return f"On the target base none of {base.known} tests is stable and passing: nothing to compare."
    # unittest is taken where pytest is missing, and does not see what is written for it
    hint = " Tests written for pytest need an environment that has it." if runner == "unittest" else ""
    return f"`{base.command}` finds no test on the target base: nothing to compare.{hint}"


def _finding(ctx: CheckContext, head: HeadSuite, name: str, found: tuple[Ending, str]) -> Finding:
    path, case = ctx.trials.toolchain.file_of(name), head.trial.cases.get(name)
    ending, why = found
    if ending in (Ending.EXCUSED, Ending.GONE):
        return Finding(rule="suite-excused", text=f"{name}: {why}.", path=path)
    if ending is Ending.OPEN:
        text = f"{name} {why}. If that is meant, let a criterion name this test."
        return Finding(rule="suite-open", text=text, path=path)
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
