"""A sandbox around one directory: the recipe, the limits and the holder put together."""

import platform
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobs.adapters.sandbox import cgroup, etc, recipe, seccomp, wire
from jobs.adapters.sandbox.client import Holder, Nursery
from jobs.adapters.sandbox.limits import MIB, Identity, Limits
from jobs.errors import Stop

COLLECT_LIMIT = 16 * MIB
"""Bytes collected from one command."""


@dataclass(frozen=True)
class Ground:
    """What all sandboxes of a worker share."""

    nursery: Nursery
    bwrap: str
    filter: bytes
    etc: str
    identity: Identity
    limits: Limits


@dataclass(frozen=True)
class Task:
    """One program for a box; `{in}` and `{out}` in argv and env as in ports.Command."""

    argv: Sequence[str]
    mounts: Sequence[recipe.Mount]
    cwd: str = recipe.TREE
    env: Mapping[str, str] = field(default_factory=dict)
    environment: str | None = None
    stdin: bytes = b""
    timeout: float = 600.0
    output_limit: int = 1_000_000
    apart: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    collect: bool = False
    watched: tuple[str, ...] = ()
    disk: int = 0


class Box:
    """The open sandbox of one directory."""

    def __init__(self, ground: Ground, holder: Holder, groups: tuple[str, ...], exchange: Path) -> None:
        self._ground = ground
        self._holder = holder
        self._groups = groups
        self._exchange = exchange

    async def run(self, task: Task) -> wire.Report:
        """Run a program to its end."""
        token = secrets.token_hex(16)
        place = self._exchange / token
        inside = f"/exchange/{token}"
        inward, outward = place / "in", place / "out"
        mounts = list(task.mounts)
        if task.files:
            mounts.append(recipe.Mount(str(inward), f"{inside}/in"))
        if task.collect:
            mounts.append(recipe.Mount(str(outward), f"{inside}/out", writable=True))
        recipe_ = recipe.Recipe(
            argv=[_filled(word, inside, task) for word in task.argv],
            mounts=mounts,
            cwd=task.cwd,
            env={name: _filled(value, inside, task) for name, value in task.env.items()},
            environment=task.environment,
            etc=self._ground.etc,
            tmp=self._ground.limits.tmp,
        )
        return await self._holder.do(self._order(task, recipe_, place))

    async def read(self, root: str, path: str) -> bytes | None:
        """A regular file's bytes below a directory, no link followed."""
        report = await self._holder.do(wire.Order("read", watched=(root,), path=path))
        return None if report.missing else report.output

    async def usage(self, root: str) -> int:
        """Bytes used below a directory."""
        return (await self._holder.do(wire.Order("usage", watched=(root,), disk=1 << 60))).used

    async def close(self) -> None:
        """Kill what runs and release the namespaces."""
        await self._holder.close()
        await cgroup.removed(self._groups)

    def _order(self, task: Task, what: recipe.Recipe, place: Path) -> wire.Order:
        return wire.Order(
            kind="run",
            argv=recipe.arguments(self._ground.bwrap, what),
            seccomp=self._ground.filter,
            stdin=task.stdin,
            inward=str(place / "in") if task.files else "",
            names=tuple(task.files),
            contents=tuple(task.files.values()),
            outward=str(place / "out") if task.collect else "",
            collect_limit=COLLECT_LIMIT,
            timeout=task.timeout,
            output_limit=task.output_limit,
            apart=task.apart,
            limits=self._ground.limits.rlimits(grouped=bool(self._groups)),
            watched=task.watched,
            disk=task.disk,
        )


def ground(home: Path, identity: Identity, limits: Limits) -> Ground:
    """Collect what every sandbox needs; raises Stop naming what is missing and how to get it."""
    bwrap = recipe.program()
    if bwrap is None:
        raise Stop("The sandbox program bubblewrap is missing.", remedy="Run: apt-get install bubblewrap")
    try:
        rules = seccomp.program(platform.machine())
    except KeyError:
        raise Stop(
            f"There is no system call filter for {platform.machine()}.",
            remedy="Run the worker on x86_64 or aarch64.",
        ) from None
    return Ground(Nursery(), bwrap, rules, etc.prepare(home / "etc"), identity, limits)


async def open_box(ground: Ground, rooms: wire.Rooms, exchange: Path) -> Box:
    """Start the holder of a workspace; raises Stop when the host refuses."""
    groups = cgroup.make(secrets.token_hex(8), ground.limits)
    try:
        holder = await ground.nursery.holder(replace(rooms, cgroups=groups))
    except BaseException:
        cgroup.remove(groups)
        raise
    return Box(ground, holder, groups, exchange)


def _filled(text: str, inside: str, task: Task) -> str:
    if task.files:
        text = text.replace("{in}", f"{inside}/in")
    if task.collect:
        text = text.replace("{out}", f"{inside}/out")
    return text
