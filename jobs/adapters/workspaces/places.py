"""Folders of one workspace, and how they go away."""

import asyncio
import fcntl
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jobs.adapters.sandbox.limits import Identity


@dataclass(frozen=True)
class Places:
    """Where one workspace keeps its things; its lock is held as long as its worker lives."""

    root: Path
    lock: int
    """Descriptor of the locked file."""

    @property
    def tree(self) -> Path:
        """Where the tree is seen."""
        return self.root / "tree"

    @property
    def git(self) -> Path:
        """The private git directory, outside the tree."""
        return self.root / "git"

    @property
    def exchange(self) -> Path:
        """Where commands get files from and leave files."""
        return self.root / "exchange"

    @property
    def index(self) -> Path:
        """The git index."""
        return self.git / "state" / "index"


def create(parent: Path, identity: Identity) -> Places:
    """Make the folders of a new workspace, owned by the sandbox's user."""
    root = parent / secrets.token_hex(8)
    root.mkdir(parents=True)
    root.chmod(0o755)
    lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    places = Places(root, lock)
    git = places.git
    for name in ("objects/info", "objects/pack", "refs", "state"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/none\n")
    (git / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    own = [places.tree, places.exchange, root / "upper", root / "work"]
    for folder in own:
        folder.mkdir()
    for folder in (*own, git / "objects", git / "objects/info", git / "objects/pack", git / "state"):
        if os.geteuid() == 0:
            os.chown(folder, identity.uid, identity.gid)
    return places


async def remove(places: Places) -> None:
    """Remove a workspace's folders, whatever is in them, and give up its lock."""
    try:
        await erase(places.root)
    finally:
        os.close(places.lock)


async def erase(folder: Path) -> None:
    """Remove a folder that foreign code wrote: odd modes, deep paths, odd names."""
    if os.geteuid() != 0:
        await _run("/bin/chmod", "-R", "-f", "u+rwX", str(folder))
    await _run("/bin/rm", "-rf", "--one-file-system", "--", str(folder))


async def sweep(parent: Path) -> int:
    """Remove what workers that are gone left behind; returns how many workspaces."""
    swept = 0
    for root in _inside(parent):
        with suppress(FileNotFoundError, BlockingIOError):
            lock = os.open(root / "lock", os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                await erase(root)
                swept += 1
            finally:
                os.close(lock)
    return swept


def _inside(parent: Path) -> list[Path]:
    return sorted(parent.iterdir()) if parent.is_dir() else []


async def _run(*argv: str) -> None:
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*argv, stdin=null, stdout=null, stderr=null, env={})
    await process.wait()
