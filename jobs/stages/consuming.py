"""Trees of the repositories that depend on the changed one, and their suites in them."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from jobs.checks.commands import shell
from jobs.checks.consumer_runs import Consumed, WithDependency, delivered, pointed, with_head
from jobs.checks.side import Overlay, Side
from jobs.checks.suites import BaseSuite, suite_on_base
from jobs.checks.toolchains.detect import detect
from jobs.domain.environment import BuiltEnvironment
from jobs.domain.patch import Sha
from jobs.domain.repository_file import RepositoryFile
from jobs.domain.review import Repository
from jobs.errors import Stop
from jobs.ports import Cache, Environments, Forge, Note, Workspace, Workspaces
from jobs.settings import OperatorFile
from jobs.stages.environment import base_environment
from jobs.stages.repository_file import repository_file
from jobs.stages.subject import Consumer, Subject

_CACHE_FORMAT: Final = "consumer-1"
_TOO_LARGE: Final = "what this repository delivers is too large to be laid into it"


@dataclass(frozen=True)
class _Setting:
    """One consumer at the commit its suite is run at."""

    consumer: Consumer
    commit: Sha
    file: RepositoryFile
    environment: str | None
    """What the operator gives, else what was built for that commit."""
    unbuilt: str = ""
    """Why nothing was built."""


async def consumers_of(operator: OperatorFile, project: str, forge: Forge) -> tuple[Consumer, ...]:
    """Who depends on a project, as the operator says; one that cannot be reached comes with its reason."""
    own = operator.repositories.get(project)
    found = []
    for name in own.consumers if own else ():
        settings = operator.repositories.get(name)
        environment = str(settings.environment) if settings and settings.environment else None
        one = Consumer(name=name, environment=environment, suite=settings.suite if settings else ())
        try:
            repository = await forge.repository(name)
        except Stop as stop:
            found.append(one.model_copy(update={"problem": str(stop)}))
            continue
        reached = repository.path == name
        news = {"repository": repository} if reached else {"problem": "it cannot be reached from here"}
        found.append(one.model_copy(update=news))
    return tuple(found)


async def consumed(
    subject: Subject,
    sides: tuple[Side, Side],
    *,
    workspaces: Workspaces,
    cache: Cache,
    environments: Environments,
    note: Note,
    overlay: Overlay,
    checks: frozenset[str],
) -> tuple[Consumed, ...]:
    """Each consumer's suite without the change and with it; `overlay` is laid over the head.

    Its environment is the operator's, else it is built as for a task of the consumer's own.
    """
    base, head = sides
    there = here = None
    if subject.consumers:
        there, here = await delivered(base, {}), await delivered(head, overlay)
    found = []
    for one in subject.consumers:
        problem = one.problem or ("" if there is not None and here is not None else _TOO_LARGE)
        if problem or one.repository is None or there is None or here is None:
            found.append(Consumed(one.name, problem=problem))
            continue
        try:
            setting = await _setting(
                one,
                one.repository,
                workspaces=workspaces,
                environments=environments,
                note=note,
                checks=checks,
            )
            found.append(
                await _one(setting, subject.target_base, (there, here), workspaces=workspaces, cache=cache)
            )
        except Stop as stop:
            found.append(Consumed(one.name, problem=stop.reason))
    return tuple(found)


async def _setting(
    one: Consumer,
    repository: Repository,
    *,
    workspaces: Workspaces,
    environments: Environments,
    note: Note,
    checks: frozenset[str],
) -> _Setting:
    commit = await workspaces.resolve(repository, repository.default_branch)
    file = await repository_file(workspaces, repository, checks=checks)
    if one.environment is not None:
        return _Setting(one, commit, file, one.environment)
    built = await base_environment(
        repository,
        commit,
        setup=file.setup,
        workspaces=workspaces,
        environments=environments,
        note=note,
    )
    if isinstance(built, BuiltEnvironment):
        return _Setting(one, commit, file, built.path)
    return _Setting(one, commit, file, None, unbuilt=built or "")


async def _one(
    setting: _Setting,
    target_base: Sha,
    laid: tuple[Overlay, Overlay],
    *,
    workspaces: Workspaces,
    cache: Cache,
) -> Consumed:
    name = setting.consumer.name

    async def compute() -> bytes:
        async with _side(setting, workspaces) as side:
            if problem := await _placed(side, setting, laid[0]):
                return BaseSuite(problem=problem).model_dump_json().encode()
            return (await suite_on_base(side, overlay=laid[0])).model_dump_json().encode()

    base = BaseSuite.model_validate_json(await cache.single(_key(setting, target_base), compute))
    if base.problem:
        why = f"its suite cannot be run: {base.problem} {setting.unbuilt}".rstrip()
        return Consumed(name, problem=why, command=base.command)
    if not base.passing:
        return Consumed(name, problem="none of its tests is stable and passing", command=base.command)
    async with _side(setting, workspaces) as side:
        if problem := await _placed(side, setting, laid[1]):
            return Consumed(name, passing=len(base.passing), broken=(("the step `consume`", problem),))
        return await with_head(side, base, laid[1], name=name)


@asynccontextmanager
async def _side(setting: _Setting, workspaces: Workspaces) -> AsyncIterator[Side]:
    one = setting.consumer
    assert one.repository is not None
    where = setting.environment
    async with workspaces.open(one.repository, setting.commit, environment=where) as workspace:
        yield Side(workspace, await _toolchain(workspace, setting), setting.file.services)


async def _toolchain(workspace: Workspace, setting: _Setting) -> WithDependency:
    suite, declared = setting.consumer.suite, setting.file.suite
    return WithDependency(
        await detect(workspace, environment=setting.environment, suite=suite, declared=declared)
    )


async def _placed(side: Side, setting: _Setting, laid: Overlay) -> str:
    """Carry out the consumer's own step `consume`; why it failed, or nothing."""
    step = setting.file.consume
    if step is None:
        return ""
    result = await side.execute(pointed(shell(step, setting.environment)), overlay=laid)
    return "" if result.exit_code == 0 else f"`{step}` fails: {result.output.strip()[-300:]}"


def _key(setting: _Setting, target_base: Sha) -> str:
    one = setting.consumer
    facts = "\0".join(
        (
            _CACHE_FORMAT,
            setting.commit,
            target_base,
            setting.environment or "",
            setting.file.model_dump_json(),
            *one.suite,
        )
    )
    return f"consumer/{hashlib.sha256(facts.encode()).hexdigest()}"
