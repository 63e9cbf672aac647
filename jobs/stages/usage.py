"""What a run uses besides the model: wall clock, and processor time in the sandbox."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from jobs.domain.budget import Cap, Spend
from jobs.domain.patch import Patch, Sha
from jobs.domain.review import Repository
from jobs.errors import Exhausted
from jobs.ports import Command, Result, Workspace, Workspaces

REMEDY = "Raise the cap in codegen.toml, or split the spec into smaller ones."


class Usage:
    """Counts on from what the run had used when this worker took it."""

    def __init__(self, before: Spend, cap: Cap, *, now: Callable[[], float] = time.monotonic) -> None:
        self._before = before
        self._cap = cap
        self._now, self._begun = now, now()
        self._cpu = 0.0

    def add(self, result: Result) -> None:
        """Count one sandboxed command."""
        self._cpu += result.cpu_seconds

    def of(self, spend: Spend) -> Spend:
        """A spend with the time of the whole run in it."""
        seconds = self._before.seconds + self._now() - self._begun
        return spend.model_copy(
            update={"seconds": seconds, "cpu_seconds": self._before.cpu_seconds + self._cpu}
        )

    def seconds_left(self) -> float:
        """Wall clock that is left, in seconds; never negative."""
        return max(0.0, self._cap.minutes * 60 - self.of(Spend()).seconds)

    def over(self) -> Exhausted | None:
        """What to say when the run has used its time or its processor time."""
        if not self.seconds_left():
            return self.out_of_time()
        if self.of(Spend()).cpu_seconds >= self._cap.cpu_seconds:
            used = f"{self._cap.cpu_seconds:g} seconds of processor time"
            return Exhausted(f"The task has used its {used}.", remedy=REMEDY)
        return None

    def out_of_time(self) -> Exhausted:
        """What to say when the wall clock ended something."""
        return Exhausted(f"The task has used its {self._cap.minutes:g} minutes.", remedy=REMEDY)

    def check(self) -> None:
        """Raise Exhausted when the run has used its time or its processor time."""
        over = self.over()
        if over is not None:
            raise over


class MeteredWorkspaces:
    """ports.Workspaces that count the processor time of every command."""

    def __init__(self, workspaces: Workspaces, usage: Usage) -> None:
        self._workspaces = workspaces
        self._usage = usage

    async def resolve(self, repository: Repository, revision: str) -> Sha:
        """The commit that a branch, tag or id names."""
        return await self._workspaces.resolve(repository, revision)

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        """The best common ancestor of two commits."""
        return await self._workspaces.merge_base(repository, one, other)

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        """The patch from one commit to another."""
        return await self._workspaces.difference(repository, old, new)

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        """A file's bytes at a commit."""
        return await self._workspaces.file(repository, commit, path)

    def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AbstractAsyncContextManager[Workspace]:
        """A fresh tree whose commands are counted."""
        return self._metered(self._workspaces.open(repository, commit, environment=environment))

    @asynccontextmanager
    async def _metered(self, opening: AbstractAsyncContextManager[Workspace]) -> AsyncIterator[Workspace]:
        async with opening as workspace:
            yield _MeteredWorkspace(workspace, self._usage)


class _MeteredWorkspace:
    def __init__(self, workspace: Workspace, usage: Usage) -> None:
        self._workspace = workspace
        self._usage = usage

    @property
    def start(self) -> Sha:
        return self._workspace.start

    async def run(self, command: Command) -> Result:
        result = await self._workspace.run(command)
        self._usage.add(result)
        return result

    async def read(self, path: str) -> bytes | None:
        return await self._workspace.read(path)

    async def apply(self, diff: str) -> None:
        await self._workspace.apply(diff)

    async def patch(self, *, since: Sha | None = None) -> Patch:
        return await self._workspace.patch(since=since)

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        return await self._workspace.merge(commit)

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        return await self._workspace.commit(message=message, at=at, parent=parent, merged=merged)

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        await self._workspace.push(branch=branch, commit=commit, expect=expect)
