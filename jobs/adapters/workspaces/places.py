"""Folders of one workspace, and how they go away."""

import asyncio
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from jobs.adapters import locks
from jobs.adapters.sandbox.limits import Identity
from jobs.errors import Stop

_ROOMS = ("mirrors", "checkouts", "workspaces", "environments", "etc")


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


def prepare_home(home: Path, identity: Identity) -> None:
    """Make the folders; the sandbox's user must be able to enter them, whatever this process's umask is.

    Raises Stop when it cannot.
    """
    for folder in (home, *(home / name for name in _ROOMS)):
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
    if not enterable(home.resolve().parent, identity):
        raise Stop(
            "The sandbox's user cannot enter the home folder of codegen.",
            remedy="Set CODEGEN_HOME to a folder that everybody may enter, such as /var/lib/codegen.",
        )


def enterable(folder: Path, identity: Identity) -> bool:
    """Whether the sandbox's user gets into a folder, given without links."""
    ways = (folder, *folder.parents)
    return identity.uid == os.geteuid() or all(one.stat().st_mode & stat.S_IXOTH for one in ways)


def create(parent: Path, identity: Identity) -> Places:
    """Make the folders of a new workspace, owned by the sandbox's user."""
    gate = locks.opened(_gate(parent))
    try:
        locks.wait(gate, shared=True)
        root = parent / secrets.token_hex(8)
        root.mkdir()
        lock = locks.opened(root / "lock")
        locks.try_lock(lock)
    finally:
        os.close(gate)
    places = Places(root, lock)
    _furnish(places, identity)
    return places


def _furnish(places: Places, identity: Identity) -> None:
    git = places.git
    for name in ("objects/info", "objects/pack", "refs", "state"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/none\n")
    (git / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    root = places.root
    own = [places.tree, places.exchange, root / "upper", root / "work"]
    for folder in own:
        folder.mkdir()
    own += [git / "objects", git / "objects/info", git / "objects/pack", git / "state"]
    for one in (root, *root.rglob("*")):
        if one.name != "lock":
            one.chmod(0o644 if one.is_file() else 0o755)
    if os.geteuid() == 0:
        for folder in own:
            os.chown(folder, identity.uid, identity.gid)


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
    async with locks.alone(_gate(parent)):
        found = _abandoned(parent)
    for root, lock in found:
        await erase(root)
        os.close(lock)
    return len(found)


def _abandoned(parent: Path) -> list[tuple[Path, int]]:
    found: list[tuple[Path, int]] = []
    for root in sorted(parent.iterdir()):
        try:
            lock = locks.opened(root / "lock")
        except FileNotFoundError:  # somebody else is just removing it
            continue
        if locks.try_lock(lock):
            found.append((root, lock))
        else:
            os.close(lock)
    return found


def _gate(parent: Path) -> Path:
    """The lock that keeps a sweep away from workspaces that are just being made."""
    parent.mkdir(parents=True, exist_ok=True)
    parent.chmod(0o755)
    return parent.with_suffix(".lock")


async def _run(*argv: str) -> None:
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*argv, stdin=null, stdout=null, stderr=null, env={})
    await process.wait()
