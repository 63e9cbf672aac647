"""The environment of a run: what the operator gives, else one that is built for its target base."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from jobs.ports import Environments, Note, Result, Tools, Workspaces
from jobs.stages.environment import base_environment
from jobs.stages.progress import Progress
from jobs.stages.repository_file import repository_file
from jobs.stages.subject import Subject
from jobs.stages.verify import NAMES
from jobs.stages.workspace import Ground


async def furnished(ground: Ground, tools: Tools, progress: Progress) -> Ground:
    """The ground with the environment of its target base, unless the operator gives one.

    Raises Stop when it cannot be built, and Exhausted when the task's time is over first.
    """
    if ground.environment is not None and not ground.built:
        return ground
    async with in_time(progress):
        file = await repository_file(tools.workspaces, ground.repository, checks=NAMES)
        found = await base_environment(
            ground.repository,
            ground.target_base,
            setup=file.setup,
            workspaces=tools.workspaces,
            environments=tools.environments,
            note=progress,
        )
    if found is None or isinstance(found, str):
        return ground.model_copy(update={"environment": None, "built": False, "unbuilt": found or ""})
    progress.usage.add(Result(exit_code=0, output="", cpu_seconds=found.cpu_seconds))
    return ground.model_copy(update={"environment": found.path, "built": True, "unbuilt": ""})


async def furnished_subject(
    subject: Subject, *, workspaces: Workspaces, environments: Environments, note: Note
) -> Subject:
    """The same for a verification without a run; raises Stop."""
    if subject.environment is not None:
        return subject
    file = await repository_file(workspaces, subject.repository, checks=NAMES)
    found = await base_environment(
        subject.repository,
        subject.target_base,
        setup=file.setup,
        workspaces=workspaces,
        environments=environments,
        note=note,
    )
    if found is None or isinstance(found, str):
        return replace(subject, unbuilt=found or "")
    return replace(subject, environment=found.path, built=True)


@asynccontextmanager
async def in_time(progress: Progress) -> AsyncIterator[None]:
    """Bound the block by the time that the task has left; raises Exhausted after it."""
    try:
        async with asyncio.timeout(progress.usage.seconds_left()) as bound:
            yield
    except TimeoutError:
        if not bound.expired():
            raise
        raise progress.usage.out_of_time() from None
