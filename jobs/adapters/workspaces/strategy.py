"""How a workspace gets its tree: an overlay where the kernel allows it, else a copy."""

import asyncio
import os
import shutil
from enum import StrEnum
from pathlib import Path

from jobs.adapters.sandbox import box, probe, wire
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
    """Try the ways out, best first, each with a working sandbox; raises Stop when there is none."""
    own = places.create(work, ground.identity)
    try:
        base = _sample(own.root / "base")
        for way in Strategy:
            if way is Strategy.REFLINK and not await _reflinks(base, own):
                continue
            try:
                await _try(way, base=base, own=own, ground=ground)
            except Stop:
                if way is Strategy.COPY:
                    raise
            else:
                return way
        raise AssertionError("the last way either works or raises")
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


async def _try(way: Strategy, *, base: Path, own: places.Places, ground: box.Ground) -> None:
    rooms = await furnish(way, base=base, own=own, identity=ground.identity)
    try:
        opened = await box.open_box(ground, rooms, own.exchange)
    except Stop as stop:
        raise Stop(stop.reason, remedy=probe.remedy()) from None
    try:
        await probe.probe(opened, str(own.tree))
    finally:
        await opened.close()


async def _reflinks(base: Path, own: places.Places) -> bool:
    return await _run("cp", "--reflink=always", str(base / "tree" / "probe"), str(own.root / "clone"))


def _sample(base: Path) -> Path:
    (base / "tree").mkdir(parents=True)
    (base / "tree" / "probe").write_bytes(b"probe")
    (base / "index").write_bytes(b"")
    return base


async def _run(*argv: str) -> bool:
    null = asyncio.subprocess.DEVNULL
    env = {"PATH": "/usr/bin:/bin"}
    process = await asyncio.create_subprocess_exec(*argv, stdin=null, stdout=null, stderr=null, env=env)
    return await process.wait() == 0
