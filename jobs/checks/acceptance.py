"""acceptance: the named tests and the change's own run believably on both sides, and pass on the head."""

from typing import Final

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.context import CheckContext
from jobs.checks.report import Case, CaseOutcome
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "acceptance"
NEEDS: Final = ("acceptance",)
MAX_FINDINGS: Final = 40

Judgement = tuple[CheckStatus, str, list[Finding]]


async def check(ctx: CheckContext) -> Check:
    """Say whether the runs can be believed and whether anything in them fails; evidence judges proofs."""
    runs = await ctx.trials.acceptance()
    if runs is None:
        status, summary = _without(ctx)
        return Check(name=NAME, status=status, summary=summary)
    base = await ctx.trials.base_suite()
    status, summary, findings = _judge(ctx, runs, known=frozenset(base.failing + base.flaky))
    return Check(
        name=NAME,
        status=status,
        summary=summary,
        findings=tuple(findings[:MAX_FINDINGS]),
        seconds=round(runs.base.seconds + sum(one.seconds for one in runs.head), 3),
        command=runs.head[0].command,
        log=runs.head[0].log,
    )


def _without(ctx: CheckContext) -> tuple[CheckStatus, str]:
    if not ctx.nodes:
        return CheckStatus.SKIPPED, "No acceptance tests are named, and the change brings none."
    if not ctx.trials.toolchain.addresses_tests:
        return CheckStatus.NOT_AVAILABLE, "Single tests cannot be run with this repository's suite command."
    return CheckStatus.WARNING, f"Not found on the head: {', '.join(ctx.nodes[:5])}."


def _judge(ctx: CheckContext, runs: Acceptance, *, known: frozenset[str]) -> Judgement:
    for one in runs.head:
        if one.problem:
            return CheckStatus.FAILED, f"The acceptance tests say nothing: {one.problem}.", []
    if runs.rewritten:
        text = f"The tests write over the program that they are about: {', '.join(runs.rewritten[:3])}."
        return CheckStatus.FAILED, text, []
    failing = [_finding(ctx, case) for case in _failing(runs) if case.id not in known]
    unstable = [
        Finding(rule="acceptance-flaky", text=f"{name} {how}", path=path)
        for name, path, how in _unstable(ctx, runs)
        if name not in known
    ]
    if any(one.rule == "acceptance-failed" for one in failing):
        count = sum(one.rule == "acceptance-failed" for one in failing)
        return CheckStatus.FAILED, f"{count} of the change's own or named tests fail.", failing + unstable
    absent = [node for node in ctx.nodes if not all(runs.cases(node)[1])]
    if failing or unstable or absent or runs.base.problem:
        found = failing + unstable
        found += [Finding(rule="acceptance-absent", text=f"{node} is not there.") for node in absent]
        if runs.base.problem:
            found.append(Finding(rule="acceptance-base", text=f"On the target base: {runs.base.problem}."))
        return CheckStatus.WARNING, "Some of the tests could not be judged.", found
    count = len(runs.head[0].cases)
    told = f"{count} named or own tests pass on the head, three times"
    return CheckStatus.PASSED, told + _order(runs, ctx.trials.toolchain.name), []


def _order(runs: Acceptance, runner: str) -> str:
    if runs.order is None:
        return f". A random order is not available: {runner} has none."
    return f", once in random order (seed {runs.order})."


def _failing(runs: Acceptance) -> list[Case]:
    bad = (CaseOutcome.FAILED, CaseOutcome.ERROR)
    return [
        case
        for name, case in runs.head[0].cases.items()
        if all(name in one.cases and one.cases[name].outcome in bad for one in runs.head)
    ]


def _unstable(ctx: CheckContext, runs: Acceptance) -> list[tuple[str, str, str]]:
    names = sorted({name for one in runs.head for name in one.cases})
    outcomes = {
        name: [one.cases[name].outcome if name in one.cases else None for one in runs.head] for name in names
    }
    return [
        (name, ctx.trials.toolchain.file_of(name), runs.by_order(outcomes[name]))
        for name in names
        if len(set(outcomes[name])) > 1
    ]


def _finding(ctx: CheckContext, case: Case) -> Finding:
    path = ctx.trials.toolchain.file_of(case.id)
    if "fixture '" in case.message and case.outcome is CaseOutcome.ERROR:
        text = f"{case.id} needs a fixture that the target base's test settings do not have."
        return Finding(rule="acceptance-fixture", text=text, path=path)
    return Finding(rule="acceptance-failed", text=f"{case.id} fails: {case.message}", path=path)
