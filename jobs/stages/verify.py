"""verify: checks and evidence for a change, from executions that its author cannot reach."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from jobs.checks import (
    acceptance,
    coverage,
    dependencies,
    docs,
    evidence,
    integrity,
    interface,
    lint,
    mutation,
    policy,
    secrets,
    security,
    suite,
    types,
)
from jobs.checks.acceptance_runs import acceptance_on_both
from jobs.checks.changes import SourceChange
from jobs.checks.commands import analysers, declared, shell
from jobs.checks.context import CheckContext, CheckFunction, Trials
from jobs.checks.declared_checks import declared as declared_names
from jobs.checks.declared_checks import declared_check
from jobs.checks.gates import Gates
from jobs.checks.mutation_runs import Mutation, mutate
from jobs.checks.once import Once, first
from jobs.checks.presentable import presentable, presentable_evidence
from jobs.checks.programs import Programs
from jobs.checks.side import Side
from jobs.checks.suites import BaseSuite, HeadSuite, suite_key, suite_on_base, suite_on_head
from jobs.checks.toolchains import go
from jobs.checks.toolchains.detect import detect
from jobs.domain.patch import ChangeStatus, Patch, Sha
from jobs.domain.repository_file import Gate, RepositoryFile
from jobs.domain.review import Repository
from jobs.domain.run import NamedProof
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, CheckStatus, Evidence, Verdict
from jobs.errors import Stop
from jobs.ports import Cache, Note, Workspace, Workspaces
from jobs.settings import NO_HELP, ChecksTable
from jobs.stages.proofs import proofs
from jobs.stages.repository_file import repository_file

GATE: Final[tuple[CheckFunction, ...]] = (policy.check, secrets.check)
"""Checks of the diff alone; one that fails keeps the change from running."""
READING: Final = (integrity, lint, types, security, dependencies, interface, docs)
"""Checks that read both trees; done before any test could have changed them."""
CHECKS: Final = (*READING, suite, acceptance, coverage, mutation)
"""Checks of both trees, as modules with NAME, NEEDS and check."""

_NAMES: Final = frozenset({policy.NAME, secrets.NAME, *(one.NAME for one in CHECKS)})
OUT_OF_TIME: Final = "Not finished: the task has used its time."
"""What a check or a proof says that was cut short."""


@dataclass(frozen=True)
class Subject:
    """What is verified: a change between commits, and what it is meant to do."""

    spec: Spec
    """What is wanted."""
    repository: Repository
    """Where it lives."""
    target_base: Sha
    """Tests, test settings and evidence compare with it."""
    start: Sha
    """Where this run began; the target base on a first run."""
    patch: Patch
    """start → head."""
    total: Patch
    """target base → head."""
    named: tuple[NamedProof, ...]
    """Tests that the engine names as proof."""
    environment: str | None
    """Directory with the repository's dependencies."""
    suite: tuple[str, ...]
    """The suite's command; empty means the repository's own, else detected."""
    gates: Mapping[str, Gate] = field(default_factory=dict)
    """What checks' failures mean, as the operator says."""
    checks: ChecksTable = NO_HELP
    """What the operator gives checks to work with."""


async def verify(
    subject: Subject, *, workspaces: Workspaces, cache: Cache, note: Note, seconds: float | None = None
) -> Verdict:
    """Check a change in workspaces of its own; raises Stop when the sandbox or the checkout fails.

    After `seconds` it ends with what is known by then; the rest is not available, so nothing is proven by it.
    """
    await note(step="reading the change")
    file = await repository_file(workspaces, subject.repository, checks=_NAMES)
    ctx = CheckContext(
        spec=subject.spec,
        patch=subject.patch,
        total=subject.total,
        changes=(),
        proofs=proofs(subject.spec, subject.named),
        note=note,
        repository=file,
        settings=subject.checks,
    )
    gates = Gates(repository=file.gates, operator=subject.gates)
    gate = [gates.apply(await check(ctx)) for check in GATE]
    refused = next((one for one in gate if one.status is CheckStatus.FAILED), None)
    if refused is not None:
        reason = f"Nothing was run: {refused.summary}"
        skipped = [Check(name=one.NAME, status=CheckStatus.SKIPPED, summary=reason) for one in CHECKS]
        checks, found = skipped, evidence.nothing_ran(ctx, reason=reason)
    else:
        checks, found = await _executed(subject, ctx, workspaces=workspaces, cache=cache, seconds=seconds)
        found = evidence.under(checks, found)
    where = subject.environment
    return Verdict(
        checks=tuple(presentable(one, environment=where) for one in (*gate, *map(gates.apply, checks))),
        evidence=tuple(presentable_evidence(one, environment=where) for one in found),
    )


async def _executed(
    subject: Subject, ctx: CheckContext, *, workspaces: Workspaces, cache: Cache, seconds: float | None
) -> tuple[list[Check], tuple[Evidence, ...]]:
    done: dict[str, Check] = {}
    try:
        async with (
            asyncio.timeout(seconds) as bound,
            _sides(subject, ctx.repository, workspaces) as (base, head),
        ):
            changes = await _changes(subject, workspaces, head.workspace)
            resolved = await go.resolved(head.toolchain, head.workspace, ctx.proofs)
            ctx = replace(ctx, changes=changes, proofs=resolved)
            found = await _judged(subject, ctx, cache=cache, sides=(base, head), done=done)
    except TimeoutError:
        if not bound.expired():
            raise
        found = evidence.nothing_ran(ctx, reason=OUT_OF_TIME)
    names = [*(one.NAME for one in CHECKS), *declared_names(ctx.repository)]
    return [done.get(name, _missing(name)) for name in names], found


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
    settings = await repository_file(workspaces, repository, checks=_NAMES)
    async with workspaces.open(repository, target_base, environment=environment) as workspace:
        toolchain = await detect(workspace, environment=environment, suite=suite, declared=settings.suite)
        side = Side(workspace, toolchain, settings.services)
        key = suite_key(commit=target_base, environment=environment, suite=suite, settings=settings)
        result = await _suite_on_base(side, cache=cache, key=key)
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
    subject: Subject, ctx: CheckContext, *, cache: Cache, sides: tuple[Side, Side], done: dict[str, Check]
) -> tuple[Evidence, ...]:
    """The evidence; every check that ends is put into `done` at once."""

    async def check(function: CheckFunction, name: str) -> None:
        done[name] = await function(ctx)

    try:
        async with asyncio.TaskGroup() as group:
            ctx = replace(ctx, runs=_trials(subject, ctx, cache=cache, sides=sides, group=group))
            await ctx.note(step="reading both sides")
            await asyncio.wait([group.create_task(check(one.check, one.NAME)) for one in READING])
            await ctx.note(step="running the tests on both sides")
            for one in CHECKS:
                if one not in READING:
                    group.create_task(check(one.check, one.NAME))
            for name in declared_names(ctx.repository):
                asked = ctx.repository.checks[name]
                command = shell(asked.run, subject.environment, timeout=asked.timeout)
                group.create_task(check(declared_check(name, command, sides=sides), name))
            evidence_task = group.create_task(evidence.gather(ctx))
    except BaseExceptionGroup as failed:
        raise first(failed) from failed
    return evidence_task.result()


def _trials(
    subject: Subject, ctx: CheckContext, *, cache: Cache, sides: tuple[Side, Side], group: asyncio.TaskGroup
) -> Trials:
    base, head = sides
    changes, nodes, kind = ctx.changes, ctx.nodes, subject.spec.kind
    key = _key(subject, ctx.repository)
    base_suite = Once(group, lambda: _suite_on_base(base, cache=cache, key=key))
    acceptance_runs = Once(
        group, lambda: acceptance_on_both(base, head, nodes=nodes, changes=changes, kind=kind)
    )

    async def on_head() -> HeadSuite:
        return await suite_on_head(head, await base_suite(), changes, other=base)

    async def mutants() -> Mutation:
        runs = await acceptance_runs()
        await ctx.note(step="trying faults in the changed lines")
        return await mutate(
            head, acceptance=runs, nodes=nodes, changes=changes, diff=subject.total.diff, kind=kind
        )

    return Trials(
        toolchain=base.toolchain,
        base_suite=base_suite,
        head_suite=Once(group, on_head),
        acceptance=acceptance_runs,
        mutation=Once(group, mutants),
        command=declared(base, head, changes, environment=subject.environment),
        analyse=analysers(base, head, changes, cache=cache, key=(key,)),
        read_base=base.workspace.read,
        programs=Programs(environment=subject.environment, settings=subject.checks),
    )


def _key(subject: Subject, file: RepositoryFile) -> str:
    where, command = subject.environment, subject.suite
    return suite_key(commit=subject.target_base, environment=where, suite=command, settings=file)


async def _suite_on_base(side: Side, *, cache: Cache, key: str) -> BaseSuite:
    async def compute() -> bytes:
        return (await suite_on_base(side)).model_dump_json().encode()

    return BaseSuite.model_validate_json(await cache.single(key, compute))


@asynccontextmanager
async def _sides(
    subject: Subject, settings: RepositoryFile, workspaces: Workspaces
) -> AsyncIterator[tuple[Side, Side]]:
    """Two trees of our own, never the engine's."""
    environment, repository = subject.environment, subject.repository
    async with (
        workspaces.open(repository, subject.target_base, environment=environment) as base,
        workspaces.open(repository, subject.start, environment=environment) as head,
    ):
        toolchain = await detect(base, environment=environment, suite=subject.suite, declared=settings.suite)
        if not subject.patch.empty:
            await head.apply(subject.patch.diff)
        yield Side(base, toolchain, settings.services), Side(head, toolchain, settings.services)


async def _changes(subject: Subject, workspaces: Workspaces, head: Workspace) -> tuple[SourceChange, ...]:
    found = []
    for file in subject.total.files:
        before = after = None
        if file.status is not ChangeStatus.ADDED:
            old = file.old_path or file.path
            before = await workspaces.file(subject.repository, subject.target_base, old)
        if file.status is not ChangeStatus.DELETED:
            after = await head.read(file.path)
        found.append(SourceChange(file=file, before=before, after=after))
    return tuple(found)
