"""Where workspaces come from."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from jobs.adapters import kept
from jobs.adapters.cores import cores_of
from jobs.adapters.disk import written
from jobs.adapters.git.mirror import Mirror
from jobs.adapters.sandbox import box, cgroup, kernel
from jobs.adapters.sandbox.limits import MIB, Identity, Limits, sandbox_identity
from jobs.adapters.workspaces import places
from jobs.adapters.workspaces.checkout import Checkouts
from jobs.adapters.workspaces.git_workspace import GitWorkspace
from jobs.adapters.workspaces.sandboxed_git import SandboxedGit
from jobs.adapters.workspaces.strategy import Strategy, choose, furnish
from jobs.domain.patch import Patch, Sha
from jobs.domain.review import Repository
from jobs.errors import Stop
from jobs.ports import Workspace


class GitWorkspaces:
    """Mirrors, checkouts and workspaces under one home folder; implements ports.Workspaces."""

    def __init__(
        self,
        home: Path,
        *,
        credentials: Mapping[str, SecretStr] | None = None,
        identity: Identity | None = None,
        limits: Limits | None = None,
        cache: int = 20 * 1024 * MIB,
        strategy: Strategy | None = None,
    ) -> None:
        """`credentials`: address prefix → token; `cache`: bytes of checkouts kept; `strategy`: None tries."""
        self._home = home
        self._credentials = dict(credentials or {})
        self._identity = identity or sandbox_identity()
        self._limits = limits or Limits()
        self._cache = cache
        self._ground: box.Ground | None = None
        self._checkouts: Checkouts | None = None
        self._strategy = strategy

    async def resolve(self, repository: Repository, revision: str) -> Sha:
        """The commit that a branch, tag or id names; raises Stop naming the repository or the revision."""
        with written():
            return await self._mirror(repository).resolve(revision)

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        """The best common ancestor of two commits."""
        return await self._mirror(repository).merge_base(one, other)

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        """The patch from one commit to another."""
        return await self._mirror(repository).difference(old, new)

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        """A regular file's bytes at a commit, None when absent."""
        return await self._mirror(repository).file(commit, path)

    def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AbstractAsyncContextManager[Workspace]:
        """A fresh tree at `commit`; everything in it ends with the context."""
        return self._open(repository, commit, environment)

    async def probe(self) -> Strategy:
        """Show that the sandbox holds and say how trees are made; raises Stop naming what is missing."""
        if self._identity.uid == os.geteuid():
            kernel.hide_from_same_user()
        if self._strategy is None:
            with written():
                self._strategy = await choose(self._prepared(), self._home / "workspaces")
        return self._strategy

    async def sweep(self) -> int:
        """Remove what workers that were killed left behind; returns how many workspaces."""
        cgroup.sweep()
        with written():
            return await places.sweep(self._home / "workspaces")

    @asynccontextmanager
    async def _open(
        self, repository: Repository, commit: Sha, environment: str | None
    ) -> AsyncIterator[Workspace]:
        # as long as it is used here, a built environment is not evicted
        with written(), kept.holding(Path(environment).parent if environment else None):
            _expect_environment(repository, environment)
            async with self._opened(repository, commit, environment) as workspace:
                yield workspace

    @asynccontextmanager
    async def _opened(
        self, repository: Repository, commit: Sha, environment: str | None
    ) -> AsyncIterator[Workspace]:
        ground = self._prepared()
        mirror = self._mirror(repository)
        way = await self.probe()
        await mirror.ensure(commit)
        checkouts = self._checkouts or self._new_checkouts(ground)
        self._checkouts = checkouts
        async with checkouts.hold(mirror, commit) as base:
            own = places.create(self._home / "workspaces", ground.identity)
            try:
                rooms = await furnish(way, base=base, own=own, identity=ground.identity)
                opened = await box.open_box(ground, rooms, own.exchange)
                try:
                    yield await self._workspace(way, opened, own, (repository, mirror, commit, environment))
                finally:
                    await opened.close()
            finally:
                await places.remove(own)

    async def _workspace(
        self,
        way: Strategy,
        opened: box.Box,
        own: places.Places,
        about: tuple[Repository, Mirror, Sha, str | None],
    ) -> GitWorkspace:
        repository, mirror, commit, environment = about
        git = SandboxedGit(opened, str(own.tree), str(own.git), mirror.objects)
        overlay = way is Strategy.OVERLAY
        grows = str(own.root / "upper" if overlay else own.tree)
        if not overlay:
            await git.refresh()
        return GitWorkspace(
            start=commit,
            repository=repository,
            mirror=mirror,
            box=opened,
            git=git,
            watched=(grows, str(own.exchange)),
            disk=self._limits.disk + (0 if overlay else await opened.usage(grows)),
            environment=environment,
            credentials=self._credentials,
            cores=cores_of(self._home),
        )

    def _new_checkouts(self, ground: box.Ground) -> Checkouts:
        return Checkouts(self._home / "checkouts", self._home / "workspaces", ground, self._cache)

    def _mirror(self, repository: Repository) -> Mirror:
        return Mirror(self._home / "mirrors", repository, self._credentials)

    def _prepared(self) -> box.Ground:
        if self._ground is None:
            places.prepare_home(self._home, self._identity)
            self._ground = box.ground(self._home, self._identity, self._limits)
        return self._ground


def _expect_environment(repository: Repository, environment: str | None) -> None:
    if environment and not Path(environment).is_dir():
        raise Stop(
            f"The environment of {repository.path} is missing.",
            remedy="Build it, or correct codegen.toml.",
        )
