"""The read-only checkout of a commit, made once and shared by every workspace that starts there."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from jobs.adapters.git.mirror import Mirror
from jobs.adapters.sandbox import box, wire
from jobs.adapters.workspaces import places
from jobs.adapters.workspaces.sandboxed_git import SandboxedGit
from jobs.domain.patch import Sha


class Checkouts:
    """All checkouts under one folder; each is complete or not there (it is renamed into place)."""

    def __init__(self, folder: Path, work: Path, ground: box.Ground) -> None:
        self._folder = folder
        self._work = work
        self._ground = ground
        self._busy: dict[Path, asyncio.Lock] = {}

    async def get(self, mirror: Mirror, commit: Sha) -> Path:
        """Folder with `tree` and `index` of a commit."""
        wanted = self._folder / mirror.directory.stem / commit
        lock = self._busy.setdefault(wanted, asyncio.Lock())
        async with lock:
            if not wanted.exists():
                await self._make(mirror, commit, wanted)
        os.utime(wanted)
        return wanted

    async def _make(self, mirror: Mirror, commit: Sha, wanted: Path) -> None:
        new = places.create(self._work, self._ground.identity)
        try:
            rooms = wire.Rooms(self._ground.identity.uid, self._ground.identity.gid, tree=str(new.tree))
            opened = await box.open_box(self._ground, rooms, new.exchange)
            try:
                await SandboxedGit(opened, str(new.tree), str(new.git), mirror.objects).check_out(commit)
            finally:
                await opened.close()
            _publish(new, wanted)
        finally:
            await places.remove(new)


def _publish(new: places.Places, wanted: Path) -> None:
    """Rename a finished checkout into place; another worker may have been faster."""
    ready = new.root / "ready"
    ready.mkdir()
    new.tree.rename(ready / "tree")
    new.index.rename(ready / "index")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        ready.rename(wanted)
