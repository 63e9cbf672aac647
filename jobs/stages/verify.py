"""verify: checks and evidence for a change, from executions that its author cannot reach."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Final

from jobs.checks import (
    acceptance,
    blind_tests,
    boundaries,
    companions,
    consumers,
    coverage,
    dependencies,
    docs,
    evidence,
    integrity,
    interface,
    lint,
    mutation,
    policy,
    readback,
    secrets,
    security,
    suite,
    types,
)
from jobs.checks.changes import base_settings
from jobs.checks.commands import shell
from jobs.checks.consumer_runs import Consumed
from jobs.checks.context import CheckContext, CheckFunction
from jobs.checks.declared_checks import declared as declared_names
from jobs.checks.declared_checks import declared_check
from jobs.checks.gates import Gates
from jobs.checks.once import first
from jobs.checks.presentable import presentable, presentable_evidence
from jobs.checks.side import Side
from jobs.checks.suites import BaseSuite, suite_key
from jobs.checks.toolchains import go, python
from jobs.checks.toolchains.detect import detect
from jobs.domain.patch import Sha
from jobs.domain.repository_file import RepositoryFile
from jobs.domain.review import Repository
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, CheckStatus, Evidence, Verdict
from jobs.errors import Stop
from jobs.ports import NO_ENVIRONMENTS, Cache, Environments, Model, Note, Workspaces
from jobs.stages import environment
from jobs.stages.consuming import consumed
from jobs.stages.environment import furnish
from jobs.stages.opinion import RememberedModel
from jobs.stages.proofs import proofs
from jobs.stages.repository_file import repository_file
from jobs.stages.subject import Subject
from jobs.stages.trials import cached_base_suite, sides, source_changes, trials

GATE: Final[tuple[CheckFunction, ...]] = (policy.check, secrets.check)
"""Checks of the diff alone; one that fails keeps the change from running."""
READING: Final = (integrity, lint, types, security, dependencies, interface, docs)
"""Checks that read both trees; done before any test could have changed them."""
CHECKS: Final = (
    *READING,
    suite,
    acceptance,
    coverage,
    mutation,
    boundaries,
    blind_tests,
    consumers,
    readback,
)
"""Checks of both trees, as modules with NAME, NEEDS and check."""

NAMES: Final = frozenset({policy.NAME, secrets.NAME, environment.NAME, *(one.NAME for one in CHECKS)})
"""Every built-in check's."""
Consuming = Callable[[], Coroutine[object, object, tuple[Consumed, ...]]]
OUT_OF_TIME: Final = "Not finished: the task has used its time."
"""What a check or a proof says that was cut short."""


async def verify(
    subject: Subject,
    *,
    workspaces: Workspaces,
    cache: Cache,
    note: Note,
    seconds: float | None = None,
    model: Model | None = None,
    environments: Environments = NO_ENVIRONMENTS,
) -> Verdict:
    """Check a change in workspaces of its own; raises Stop when the sandbox or the checkout fails.

    After `seconds` it ends with what is known by then; the rest is not available, so nothing is proven by it.
    `model` is asked for opinions, each question once.
    """
    await note(step="reading the change")
    file = await repository_file(workspaces, subject.repository, checks=NAMES)
    ctx = _context(subject, file, note=note, model=RememberedModel(model, cache=cache) if model else None)
    gates = Gates(repository=file.gates, operator=subject.gates)
    gate = [gates.apply(await check(ctx)) for check in GATE]
    refused = next((one for one in gate if one.status is CheckStatus.FAILED), None)
    if refused is not None:
        (_, *checks), found = _nothing(ctx, refused)
    else:
        checks, found = await _executed(
            subject, ctx, workspaces=workspaces, cache=cache, seconds=seconds, environments=environments
        )
        found = evidence.under(checks, found)
    where = subject.environment
    return Verdict(
        checks=tuple(presentable(one, environment=where) for one in (*gate, *map(gates.apply, checks))),
        evidence=tuple(presentable_evidence(one, environment=where) for one in found),
    )


def _context(subject: Subject, file: RepositoryFile, *, note: Note, model: Model | None) -> CheckContext:
    return CheckContext(
        spec=subject.spec,
        patch=subject.patch,
        total=subject.total,
        changes=(),
        proofs=proofs(subject.spec, subject.named),
        note=note,
        repository=file,
        settings=subject.checks,
        consents=subject.consents,
        model=model,
        prompts=subject.prompts,
    )


async def _executed(
    subject: Subject,
    ctx: CheckContext,
    *,
    workspaces: Workspaces,
    cache: Cache,
    seconds: float | None,
    environments: Environments,
) -> tuple[list[Check], tuple[Evidence, ...]]:
    done: dict[str, Check] = {}
    try:
        async with asyncio.timeout(seconds) as bound:
            setup = ctx.repository.setup
            where = await furnish(
                subject, setup=setup, workspaces=workspaces, environments=environments, note=ctx.note
            )
            done |= {environment.NAME: where.check} if where.check else {}
            if where.check and where.check.status is CheckStatus.FAILED:
                return _nothing(ctx, where.check)
            subject = replace(subject, environment=where.base)
            async with sides(subject, ctx.repository, workspaces, where.head) as both:
                found = await _compared(
                    subject,
                    ctx,
                    workspaces=workspaces,
                    cache=cache,
                    environments=environments,
                    both=both,
                    done=done,
                )
    except TimeoutError:
        if not bound.expired():
            raise
        found = evidence.nothing_ran(ctx, reason=OUT_OF_TIME)
    names = [*(one.NAME for one in CHECKS), *declared_names(ctx.repository)]
    told = [done[environment.NAME]] if environment.NAME in done else []
    return [*told, *(done.get(name, _missing(name)) for name in names)], found


async def _compared(
    subject: Subject,
    ctx: CheckContext,
    *,
    workspaces: Workspaces,
    cache: Cache,
    environments: Environments,
    both: tuple[Side, Side],
    done: dict[str, Check],
) -> tuple[Evidence, ...]:
    base, head = both
    changes = await source_changes(subject, workspaces, head.workspace)
    changes = await companions.marked(changes, base.workspace)
    resolved = await go.resolved(head.toolchain, head.workspace, ctx.proofs)
    resolved = python.resolved(head.toolchain, resolved)
    ctx = replace(ctx, changes=changes, proofs=resolved)
    consuming = partial(
        consumed,
        subject,
        both,
        workspaces=workspaces,
        cache=cache,
        environments=environments,
        note=ctx.note,
        overlay=base_settings(changes),
        checks=NAMES,
    )
    return await _judged(subject, ctx, cache=cache, both=both, consuming=consuming, done=done)


def _nothing(ctx: CheckContext, why: Check) -> tuple[list[Check], tuple[Evidence, ...]]:
    reason = f"Nothing was run: {why.summary}"
    skipped = [Check(name=one.NAME, status=CheckStatus.SKIPPED, summary=reason) for one in CHECKS]
    return [why, *skipped], evidence.nothing_ran(ctx, reason=reason)


async def baseline(
    *,
    spec: Spec,
    repository: Repository,
    target_base: Sha,
    environment: str | None,
    suite: tuple[str, ...],
    workspaces: Workspaces,
    cache: Cache,
    note: Note,
) -> BaseSuite:
    """What the suite does on the target base before anything is spent; raises Stop when it cannot be run."""
    await note(step="running the tests on the target base")
    settings = await repository_file(workspaces, repository, checks=NAMES)
    async with workspaces.open(repository, target_base, environment=environment) as workspace:
        toolchain = await detect(workspace, environment=environment, suite=suite, declared=settings.suite)
        side = Side(workspace, toolchain, settings.services)
        key = suite_key(commit=target_base, environment=environment, suite=suite, settings=settings)
        result = await cached_base_suite(side, cache=cache, key=key)
    branch = spec.target or repository.default_branch
    where = f"{repository.path} at {branch} ({target_base[:10]})"
    if result.problem:
        raise Stop(f"The tests of {where} cannot be run: {result.problem}.", remedy=_remedy(result))
    if result.failing and not result.passing:
        raise Stop(f"None of the {result.known} tests of {where} passes.", remedy=_remedy(result))
    return result


def _remedy(result: BaseSuite) -> str:
    return (
        f"Run `{result.command}` on a fresh checkout. If it needs packages, ask the operator to set the "
        "repository's environment in codegen.toml; if it is another command, its suite."
    )


def _missing(name: str) -> Check:
    return Check(name=name, status=CheckStatus.NOT_AVAILABLE, summary=OUT_OF_TIME)


async def _judged(
    subject: Subject,
    ctx: CheckContext,
    *,
    cache: Cache,
    both: tuple[Side, Side],
    consuming: Consuming,
    done: dict[str, Check],
) -> tuple[Evidence, ...]:
    """The evidence; every check that ends is put into `done` at once."""

    async def check(function: CheckFunction, name: str) -> None:
        done[name] = await function(ctx)

    try:
        async with asyncio.TaskGroup() as group:
            ran = trials(subject, ctx, cache=cache, both=both, group=group, consumers=consuming)
            ctx = replace(ctx, runs=ran)
            await ctx.note(step="reading both sides")
            await asyncio.wait([group.create_task(check(one.check, one.NAME)) for one in READING])
            await ctx.note(step="running the tests on both sides")
            for one in CHECKS:
                if one not in READING:
                    group.create_task(check(one.check, one.NAME))
            for name in declared_names(ctx.repository):
                asked = ctx.repository.checks[name]
                command = shell(asked.run, subject.environment, timeout=asked.timeout)
                group.create_task(check(declared_check(name, command, sides=both), name))
            evidence_task = group.create_task(evidence.gather(ctx))
    except BaseExceptionGroup as failed:
        raise first(failed) from failed
    return evidence_task.result()
