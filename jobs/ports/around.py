"""Workspaces with something of ours around their commands or before their pushes; the rest goes through."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from jobs.domain.patch import Patch, Sha
from jobs.domain.review import Repository
from jobs.ports.workspace import Command, Result, Workspace, Workspaces

Running = Callable[[Workspace, Command], Awaitable[Result]]
"""Runs a command in the workspace inside."""


async def as_it_is(workspace: Workspace, command: Command) -> Result:
    """Run a command with nothing around it."""
    return await workspace.run(command)


async def at_once() -> None:
    """Push without asking anybody."""


@dataclass(frozen=True)
class Around:
    """ports.Workspace around another one."""

    inner: Workspace
    """The one that does the work."""
    running: Running = as_it_is
    """How its commands are run."""
    before_push: Callable[[], Awaitable[None]] = at_once
    """What must be over before a push; an exception prevents it."""

    @property
    def start(self) -> Sha:
        """The commit it was opened at."""
        return self.inner.start

    async def run(self, command: Command) -> Result:
        """Run a command, with ours around it."""
        return await self.running(self.inner, command)

    async def read(self, path: str) -> bytes | None:
        """A regular file's bytes."""
        return await self.inner.read(path)

    async def apply(self, diff: str) -> None:
        """Apply a diff to the tree."""
        await self.inner.apply(diff)

    async def patch(self, *, since: Sha | None = None) -> Patch:
        """What the tree has become."""
        return await self.inner.patch(since=since)

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        """Merge a commit into the tree."""
        return await self.inner.merge(commit)

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        """Commit the tree."""
        return await self.inner.commit(message=message, at=at, parent=parent, merged=merged)

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        """Push, when that may be."""
        await self.before_push()
        await self.inner.push(branch=branch, commit=commit, expect=expect)


@dataclass(frozen=True)
class AroundEach:
    """ports.Workspaces that put something around each workspace they open."""

    inner: Workspaces
    """Where the workspaces come from."""
    put_on: Callable[[Workspace], Workspace]
    """What is put around one."""

    async def resolve(self, repository: Repository, revision: str) -> Sha:
        """The commit that a revision names."""
        return await self.inner.resolve(repository, revision)

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        """The best common ancestor of two commits."""
        return await self.inner.merge_base(repository, one, other)

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        """The patch from one commit to another."""
        return await self.inner.difference(repository, old, new)

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        """A file's bytes at a commit."""
        return await self.inner.file(repository, commit, path)

    @asynccontextmanager
    async def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AsyncIterator[Workspace]:
        """A fresh tree with ours around it."""
        async with self.inner.open(repository, commit, environment=environment) as workspace:
            yield self.put_on(workspace)
