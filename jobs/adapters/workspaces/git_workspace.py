"""One open workspace."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from jobs.adapters.cores import Cores
from jobs.adapters.git import explain, invoke
from jobs.adapters.git.mirror import Mirror
from jobs.adapters.sandbox.box import Box
from jobs.adapters.workspaces.commands import result_of, task_of
from jobs.adapters.workspaces.sandboxed_git import SandboxedGit
from jobs.domain.patch import Patch, Sha
from jobs.domain.review import Repository
from jobs.ports import Command, Result


@dataclass(frozen=True)
class GitWorkspace:
    """A tree at `start` with its sandbox; implements ports.Workspace."""

    start: Sha
    repository: Repository
    mirror: Mirror
    box: Box
    git: SandboxedGit
    watched: tuple[str, ...]
    """The folders that grow when commands write."""
    disk: int
    """Bytes it may hold."""
    environment: str | None
    credentials: Mapping[str, SecretStr]
    cores: Cores
    """Slots that heavy commands take."""
    _index: asyncio.Lock = field(default_factory=asyncio.Lock)
    _made: set[Sha] = field(default_factory=set)
    """Commits that only this workspace has."""

    async def run(self, command: Command) -> Result:
        """Run a command in the sandbox; raises Stop when the tree grows beyond its bound."""
        task = task_of(
            command, tree=self.git.tree, environment=self.environment, watched=self.watched, disk=self.disk
        )
        async with nullcontext() if command.waits else self.cores.one():
            report = await self.box.run(task)
        return result_of(report)

    async def read(self, path: str) -> bytes | None:
        """A regular file's bytes, no link followed; None when there is none or it is above 16 MiB."""
        return await self.box.read(self.git.tree, path)

    async def apply(self, diff: str) -> None:
        """Apply a git diff to the tree; raises Stop when it does not apply."""
        async with self._index:
            await self.git.apply(diff)

    async def patch(self, *, since: Sha | None = None) -> Patch:
        """What the tree has become since a commit."""
        since = since or self.start
        await self._know(since)
        async with self._index:
            return await self.git.patch(since)

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        """Merge a commit into the tree as it was opened; paths that conflict keep git's markers."""
        await self._know(commit)
        async with self._index:
            return await self.git.merge(self.start, commit)

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        """Commit the tree on its parents, by codegen-bot at the time given."""
        parents = (parent,) if merged is None else (parent, merged)
        for one in parents:
            await self._know(one)
        async with self._index:
            made = await self.git.commit(message=message, at=at, parents=parents)
        self._made.add(made)
        return made

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        """Push a commit to a branch that is at `expect`; raises BranchMoved or Stop when refused."""
        url = self.repository.url
        lease = f"--force-with-lease=refs/heads/{branch}:{expect or ''}"
        done = await invoke.run(
            *("push", "--porcelain", "--no-verify", lease, url, f"{commit}:refs/heads/{branch}"),
            git_dir=self.git.git,
            more={"GIT_ALTERNATE_OBJECT_DIRECTORIES": self.git.mirror},
            access=invoke.access(url, self.credentials),
        )
        if done.code:
            told = done.out.decode(errors="replace") + done.errors
            raise explain.push_refused(self.repository, branch, told)

    async def _know(self, commit: Sha) -> None:
        if commit != self.start and commit not in self._made:
            await self.mirror.ensure(commit)
