"""The two trees of a verification, and what is run in them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial

from jobs.checks.acceptance_runs import Acceptance, acceptance_on_both
from jobs.checks.blind_runs import Blind, blind_faults, blind_on_both, wanted_by
from jobs.checks.blind_writing import Writer
from jobs.checks.changes import SourceChange
from jobs.checks.commands import analysers, declared
from jobs.checks.consumer_runs import Consumed
from jobs.checks.context import CheckContext, Trials
from jobs.checks.mutation_runs import Mutation, mutate
from jobs.checks.once import Once
from jobs.checks.programs import Programs
from jobs.checks.side import Side
from jobs.checks.suites import (
    BaseSuite,
    HeadSuite,
    patience_with_new,
    suite_key,
    suite_on_base,
    suite_on_head,
)
from jobs.checks.toolchains.detect import detect
from jobs.domain.patch import ChangeStatus
from jobs.domain.repository_file import RepositoryFile
from jobs.ports import Cache, Workspace, Workspaces
from jobs.stages.relocated import relocated
from jobs.stages.subject import Subject

_CACHED = 0.2
"""Seconds within which a suite that was run before is known; one that is run now is not waited for."""


def trials(
    subject: Subject,
    ctx: CheckContext,
    *,
    cache: Cache,
    both: tuple[Side, Side],
    group: asyncio.TaskGroup,
    consumers: Callable[[], Coroutine[object, object, tuple[Consumed, ...]]],
) -> Trials:
    """Everything that checks may ask to be run, each at its first call."""
    base, head = both
    changes = ctx.changes
    key = _key(subject, ctx.repository)
    base_suite = Once(group, partial(cached_base_suite, base, cache=cache, key=key))
    acceptance_runs = Once(group, partial(_acceptance, subject, ctx, both, base_suite))
    blind = Once(group, partial(_blind, subject, ctx, both, base_suite))

    async def on_head() -> HeadSuite:
        return await suite_on_head(head, await base_suite(), changes, other=base)

    return Trials(
        toolchain=base.toolchain,
        base_suite=base_suite,
        head_suite=Once(group, on_head),
        acceptance=acceptance_runs,
        mutation=Once(group, partial(_mutants, subject, ctx, head, acceptance_runs)),
        blind=blind,
        blind_faults=Once(group, partial(_faults, subject, ctx, head, blind)),
        consumers=Once(group, consumers),
        command=declared(base, head, changes, environment=subject.environment),
        analyse=analysers(base, head, changes, cache=cache, key=(key,)),
        read_base=base.workspace.read,
        programs=Programs(environment=subject.environment, settings=subject.checks),
    )


async def _acceptance(
    subject: Subject, ctx: CheckContext, both: tuple[Side, Side], suite: Once[BaseSuite]
) -> Acceptance | None:
    known = await suite.within(_CACHED)
    return await acceptance_on_both(
        *both,
        nodes=ctx.nodes,
        changes=ctx.changes,
        kind=subject.spec.kind,
        order=_order(subject),
        longest=patience_with_new(known),
    )


async def _mutants(
    subject: Subject, ctx: CheckContext, head: Side, acceptance: Once[Acceptance | None]
) -> Mutation:
    runs = await acceptance()
    await ctx.note(step="trying faults in the changed lines")
    return await mutate(
        head,
        acceptance=runs,
        nodes=ctx.nodes,
        changes=ctx.changes,
        diff=subject.total.diff,
        kind=subject.spec.kind,
    )


async def _blind(
    subject: Subject, ctx: CheckContext, both: tuple[Side, Side], suite: Once[BaseSuite]
) -> Blind:
    base, head = both
    if ctx.model is None or not wanted_by(subject.spec):
        return Blind()
    await ctx.note(step="having independent tests written")
    found = await suite()
    known = next(iter(found.passing), "")
    return await blind_on_both(
        base,
        head,
        spec=subject.spec,
        writer=Writer(ctx.model, ctx.prompts),
        changes=ctx.changes,
        folder=base.toolchain.file_of(known).rpartition("/")[0] if known else "tests",
        longest=patience_with_new(found),
    )


async def _faults(subject: Subject, ctx: CheckContext, head: Side, blind: Once[Blind]) -> Mutation:
    diff, kind = subject.total.diff, subject.spec.kind
    return await blind_faults(head, await blind(), changes=ctx.changes, diff=diff, kind=kind)


def _key(subject: Subject, file: RepositoryFile) -> str:
    where, command = subject.environment, subject.suite
    return suite_key(commit=subject.target_base, environment=where, suite=command, settings=file)


async def cached_base_suite(side: Side, *, cache: Cache, key: str) -> BaseSuite:
    """The suite on the target base, run once for everybody."""

    async def compute() -> bytes:
        return (await suite_on_base(side)).model_dump_json().encode()

    return BaseSuite.model_validate_json(await cache.single(key, compute))


@asynccontextmanager
async def sides(
    subject: Subject, settings: RepositoryFile, workspaces: Workspaces, second: str | None
) -> AsyncIterator[tuple[Side, Side]]:
    """Two trees of our own, never the engine's; the head's has the environment `second`."""
    first, repository = subject.environment, subject.repository
    async with (
        workspaces.open(repository, subject.target_base, environment=first) as base,
        workspaces.open(repository, subject.start, environment=second) as head,
    ):
        toolchain = await detect(base, environment=first, suite=subject.suite, declared=settings.suite)
        if not subject.patch.empty:
            await head.apply(subject.patch.diff)
        there = relocated(head, first, second)
        yield Side(base, toolchain, settings.services), Side(there, toolchain, settings.services)


async def source_changes(
    subject: Subject, workspaces: Workspaces, head: Workspace
) -> tuple[SourceChange, ...]:
    """The files of the whole change with both contents."""
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


def _order(subject: Subject) -> int:
    """Seed of the random order: the same change has the same one, so that a verdict can be repeated."""
    return int(subject.total.tree[:8], 16)
