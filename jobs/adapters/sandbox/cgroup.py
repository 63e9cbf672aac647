"""Control groups that bound a workspace's memory and processes, where this process may make them."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from jobs.adapters.sandbox.limits import Limits

_MOUNTS = Path("/sys/fs/cgroup")
_PREFIX = "codegen-"
_TRIES, _PAUSE = 200, 0.005


def make(name: str, limits: Limits) -> tuple[str, ...]:
    """Directories of new groups with limits set; empty when groups are not delegated to this process."""
    made: list[Path] = []
    try:
        for parent, files in _plan(limits):
            group = parent / f"{_PREFIX}{os.getpid()}-{name}"
            group.mkdir()
            made.append(group)
            for file, value in files.items():
                (group / file).write_text(str(value))
    except OSError:
        remove(tuple(str(one) for one in made))
        return ()
    return tuple(str(one) for one in made)


def remove(groups: tuple[str, ...]) -> bool:
    """Remove groups whose processes have ended; False when one is still busy."""
    for group in groups:
        with suppress(OSError):
            Path(group).rmdir()
    return not any(Path(group).exists() for group in groups)


async def removed(groups: tuple[str, ...]) -> None:
    """Remove groups whose processes are about to end; what stays busy is left to `sweep`."""
    for _ in range(_TRIES):
        if remove(groups):
            break
        await asyncio.sleep(_PAUSE)


def sweep() -> None:
    """Remove the empty groups that workers left behind."""
    for _, parent in _own_groups():
        for group in parent.glob(f"{_PREFIX}*"):
            if not Path("/proc", group.name.split("-")[1]).exists():
                remove((str(group),))


def _plan(limits: Limits) -> list[tuple[Path, dict[str, int]]]:
    """Parent directory → limits, for version 2 where it governs memory, else for version 1."""
    own = dict(_own_groups())
    if "memory" in own and "pids" in own:
        memory = {"memory.limit_in_bytes": limits.memory}
        return [(own["memory"], memory), (own["pids"], {"pids.max": limits.processes})]
    unified = own.get("")
    if unified is None or not (unified / "cgroup.subtree_control").exists():
        raise FileNotFoundError("control groups")
    bounds = {"memory.max": limits.memory, "memory.swap.max": 0, "pids.max": limits.processes}
    return [(unified, bounds)]


def _own_groups() -> list[tuple[str, Path]]:
    """Controller → this process's group; the empty name is version 2."""
    found: list[tuple[str, Path]] = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            mount = _MOUNTS / controller
            inside = mount / path.lstrip("/")
            found.append((controller, inside if inside.is_dir() else mount))
    return [(name, place) for name, place in found if os.access(place, os.W_OK)]
