"""Environments of a verification: the target base's, and a second one when the change asks for it."""

import posixpath
from dataclasses import dataclass, replace
from typing import Final

from jobs.checks.manifests import is_manifest
from jobs.domain.environment import BuiltEnvironment, EnvironmentPlan
from jobs.domain.patch import Sha
from jobs.domain.review import Repository
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.errors import Stop
from jobs.ports import BuildFailedError, Environments, NoRegistryError, Note, Workspaces
from jobs.stages.setup import CANDIDATES, plan_of
from jobs.stages.subject import Subject

NAME: Final = "environment"
"""The check's."""

_NOTHING: Final = EnvironmentPlan(files={}, commands=(), ecosystems=())
_TAIL: Final = 600


@dataclass(frozen=True)
class Furnished:
    """What both sides run in."""

    base: str | None
    """The target base's environment."""
    head: str | None
    """The head's."""
    check: Check | None = None
    """What the reviewer is told; None when there is nothing to tell."""


async def base_environment(
    repository: Repository,
    commit: Sha,
    *,
    setup: tuple[str, ...],
    workspaces: Workspaces,
    environments: Environments,
    note: Note,
) -> BuiltEnvironment | str | None:
    """Build what a commit needs: the environment, or why there is none, or None when it needs nothing.

    `setup` comes from the default branch. Raises Stop with the log's tail when it cannot be built.
    """

    async def read(path: str) -> bytes | None:
        return await workspaces.file(repository, commit, path)

    plan = await plan_of(read, setup)
    if plan is None:
        return None
    await note(step="building the environment")
    try:
        return await environments.build(plan)
    except NoRegistryError as missing:
        return str(missing)
    except BuildFailedError as failed:
        where = f"{repository.path} at {commit[:10]}"
        tail = failed.log.strip()[-_TAIL:]
        reason = f"The environment of {where} cannot be built. {failed.reason} The log ends: {tail}"
        raise Stop(reason, remedy=failed.remedy) from None


async def furnish(
    subject: Subject,
    *,
    setup: tuple[str, ...],
    workspaces: Workspaces,
    environments: Environments,
    note: Note,
) -> Furnished:
    """Build the head's environment when the change needs another one; raises Stop for a registry's fault."""
    same = Furnished(subject.environment, subject.environment)
    paths = _deciding(subject, setup)
    plans = await _plans(subject, setup, workspaces) if paths else None
    if plans is None or plans[0].digest == plans[1].digest:
        return replace(same, check=_unbuilt(subject)) if subject.unbuilt else same
    if subject.environment is not None and not subject.built:
        return replace(same, check=_given(paths))
    await note(step="building the environment of the change")
    try:
        head = await environments.build(plans[1])
        base = subject.environment or (await environments.build(_NOTHING)).path
    except NoRegistryError as missing:
        return replace(same, check=_not_installed(paths, str(missing)))
    except BuildFailedError as failed:
        return replace(same, check=_failed(paths, failed))
    return Furnished(base, head.path, _second(paths))


def _deciding(subject: Subject, setup: tuple[str, ...]) -> list[str]:
    """Changed files that may decide what is installed."""
    named = {posixpath.normpath(word) for command in setup for word in command.split()}
    paths = {path for file in subject.total.files for path in (file.path, file.old_path) if path}
    return sorted(path for path in paths if path in CANDIDATES or path in named or is_manifest(path))


async def _plans(
    subject: Subject, setup: tuple[str, ...], workspaces: Workspaces
) -> tuple[EnvironmentPlan, EnvironmentPlan]:
    async def read(path: str) -> bytes | None:
        return await workspaces.file(subject.repository, subject.target_base, path)

    before = await plan_of(read, setup)
    async with workspaces.open(subject.repository, subject.start, environment=None) as head:
        if not subject.patch.empty:
            await head.apply(subject.patch.diff)
        after = await plan_of(head.read, setup)
    return before or _NOTHING, after or _NOTHING


def _second(paths: list[str]) -> Check:
    text = "changes what is installed; the head ran in an environment of its own."
    return _told(CheckStatus.WARNING, paths, "second-environment", text)


def _given(paths: list[str]) -> Check:
    text = "changes what is installed, but both sides ran in the environment that the operator gives."
    return _told(CheckStatus.WARNING, paths, "operators-environment", text)


def _not_installed(paths: list[str], why: str) -> Check:
    check = _told(CheckStatus.NOT_AVAILABLE, paths, "not-installed", "changes what is installed.")
    return check.model_copy(update={"summary": why, "blocking": True})


def _failed(paths: list[str], failed: BuildFailedError) -> Check:
    check = _told(CheckStatus.FAILED, paths, "not-installable", "changes what is installed.")
    summary = f"With {', '.join(paths[:3])} as changed: {failed.reason}"
    return check.model_copy(update={"summary": summary, "log": failed.log, "blocking": True})


def _unbuilt(subject: Subject) -> Check:
    return Check(name=NAME, status=CheckStatus.NOT_AVAILABLE, summary=subject.unbuilt, blocking=False)


def _told(status: CheckStatus, paths: list[str], rule: str, text: str) -> Check:
    findings = tuple(Finding(rule=rule, text=f"{path} {text}", path=path) for path in paths)
    names = ", ".join(paths[:3])
    return Check(name=NAME, status=status, summary=f"{names} {text}", findings=findings, blocking=False)
