"""The read-only checkout of a commit, made once and shared by every workspace that starts there."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jobs.adapters import kept, locks
from jobs.adapters.git.mirror import Mirror
from jobs.adapters.sandbox import box, wire
from jobs.adapters.workspaces import places
from jobs.adapters.workspaces.sandboxed_git import SandboxedGit
from jobs.domain.patch import Sha

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkouts:
    """All checkouts under one folder; each is complete or not there (it is renamed into place)."""

    folder: Path
    work: Path
    """Where new ones are made, on the same file system."""
    ground: box.Ground
    limit: int
    """Bytes kept, all together; the least recently used go first."""
    _busy: dict[Path, asyncio.Lock] = field(default_factory=dict)

    @asynccontextmanager
    async def hold(self, mirror: Mirror, commit: Sha) -> AsyncIterator[Path]:
        """Folder with `tree` and `index` of a commit; it stays as long as the context."""
        wanted = self.folder / mirror.directory.stem / commit
        async with self._busy.setdefault(wanted, asyncio.Lock()):
            lock = kept.held(wanted)
            while lock is None:
                async with locks.alone(self._making(commit)):
                    if not wanted.exists():
                        await self._make(mirror, commit, wanted)
                        logger.info("checked out %s once for all workers of this machine", commit)
                lock = kept.held(wanted)
        try:
            os.utime(wanted)
            await self.evict()
            yield wanted
        finally:
            os.close(lock)

    async def evict(self) -> None:
        """Remove the least recently used checkouts that nobody holds, until the rest fits the limit."""
        await kept.evicted(self.folder.glob("*/*"), limit=self.limit, aside=self.work, erase=places.erase)

    def _making(self, commit: Sha) -> Path:
        """The lock under which one process of the machine makes a checkout while the others wait for it."""
        folder = self.folder.with_name("making")
        folder.mkdir(exist_ok=True)
        return folder / f"{commit[:2]}.lock"

    async def _make(self, mirror: Mirror, commit: Sha, wanted: Path) -> None:
        new = places.create(self.work, self.ground.identity)
        try:
            rooms = wire.Rooms(self.ground.identity.uid, self.ground.identity.gid, tree=str(new.tree))
            opened = await box.open_box(self.ground, rooms, new.exchange)
            try:
                await SandboxedGit(opened, str(new.tree), str(new.git), mirror.objects).check_out(commit)
                size = await opened.usage(str(new.tree))
            finally:
                await opened.close()
            _publish(new, wanted, size)
        finally:
            await places.remove(new)


def _publish(new: places.Places, wanted: Path, size: int) -> None:
    ready = new.root / "ready"
    ready.mkdir()
    ready.chmod(0o755)
    new.tree.rename(ready / "tree")
    new.index.rename(ready / "index")
    kept.published(ready, wanted, size=size)
