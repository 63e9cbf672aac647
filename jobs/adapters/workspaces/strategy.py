"""How a workspace gets its tree: an overlay where the kernel allows it, else a copy."""

import asyncio
import os
import shutil
from enum import StrEnum
from pathlib import Path

from jobs.adapters.sandbox import box, wire
from jobs.adapters.sandbox.limits import Identity
from jobs.adapters.workspaces import places
from jobs.errors import Stop


class Strategy(StrEnum):
    """Ways to make a tree from a checkout, best first."""

    OVERLAY = "overlay"
    """Nothing is copied; changes go to a folder of their own."""
    REFLINK = "reflink"
    """Files share their blocks until written."""
    COPY = "copy"
    """Every file is copied."""


async def choose(ground: box.Ground, work: Path) -> Strategy:
    """Try the ways out, best first."""
    own = places.create(work, ground.identity)
    try:
        base = own.root / "base"
        (base / "tree").mkdir(parents=True)
        (base / "tree" / "probe").write_bytes(b"probe")
        (base / "index").write_bytes(b"")
        rooms = await furnish(Strategy.OVERLAY, base=base, own=own, identity=ground.identity)
        try:
            opened = await box.open_box(ground, rooms, own.exchange)
        except Stop:
            target = str(own.root / "clone")
            cloned = await _run("cp", "--reflink=always", str(base / "tree" / "probe"), target)
            return Strategy.REFLINK if cloned else Strategy.COPY
        await opened.close()
        return Strategy.OVERLAY
    finally:
        await places.remove(own)


async def furnish(way: Strategy, *, base: Path, own: places.Places, identity: Identity) -> wire.Rooms:
    """Put tree and index of a checkout into a workspace's folders."""
    shutil.copyfile(base / "index", own.index)
    if os.geteuid() == 0:
        os.chown(own.index, identity.uid, identity.gid)
    if way is Strategy.OVERLAY:
        return wire.Rooms(
            *(identity.uid, identity.gid, str(own.tree)),
            lower=str(base / "tree"),
            upper=str(own.root / "upper"),
            work=str(own.root / "work"),
        )
    reflink = "always" if way is Strategy.REFLINK else "never"
    if not await _run("cp", "-a", f"--reflink={reflink}", "-T", str(base / "tree"), str(own.tree)):
        raise Stop("The checkout cannot be copied.", remedy="Check the free space of the worker's disk.")
    return wire.Rooms(identity.uid, identity.gid, str(own.tree))


async def _run(*argv: str) -> bool:
    null = asyncio.subprocess.DEVNULL
    env = {"PATH": "/usr/bin:/bin"}
    process = await asyncio.create_subprocess_exec(*argv, stdin=null, stdout=null, stderr=null, env=env)
    return await process.wait() == 0
