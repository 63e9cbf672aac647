"""bubblewrap's arguments: an allow list of mounts, all namespaces new, no capability."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jobs.adapters.sandbox.holder import INNER_UID
from jobs.adapters.sandbox.limits import MIB
from jobs.adapters.sandbox.runner import SECCOMP_FD, STATUS_FD

TREE = "/code"
"""Where the tree is inside the sandbox."""

_TOP = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Mount:
    """A directory or file of the host inside the sandbox."""

    source: str
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Recipe:
    """What one command sees."""

    argv: Sequence[str]
    mounts: Sequence[Mount]
    cwd: str = TREE
    env: Mapping[str, str] = field(default_factory=dict)
    environment: str | None = None
    """Directory of dependencies, read-only at its own path, its bin first on PATH."""
    etc: str = ""
    """Directory of the host that is the sandbox's /etc; see etc.py."""
    tmp: int = 512 * MIB


def program() -> str | None:
    """Where bubblewrap is, if it is installed."""
    return shutil.which("bwrap", path=_PATH)


def arguments(bwrap: str, recipe: Recipe) -> tuple[str, ...]:
    """The whole command line."""
    return (
        *(bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--uid", str(INNER_UID), "--gid", str(INNER_UID), "--hostname", "sandbox", "--clearenv"),
        *_system(recipe.etc),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(recipe.tmp), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),
        *("--size", str(recipe.tmp), "--perms", "1777", "--tmpfs", "/tmp", "--dir", "/tmp/home"),
        *_mounts(recipe),
        *(
            "--seccomp",
            str(SECCOMP_FD),
            "--json-status-fd",
            str(STATUS_FD),
            "--remount-ro",
            "/",
            "--chdir",
            recipe.cwd,
        ),
        *_variables(recipe),
        *("--", *recipe.argv),
    )


def _system(etc: str) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _TOP:
        top = Path("/", name)
        if top.is_symlink():
            yield from ("--symlink", str(top.readlink()), str(top))
        elif top.is_dir():
            yield from ("--ro-bind", str(top), str(top))
    yield from ("--ro-bind", etc, "/etc")


def _mounts(recipe: Recipe) -> Iterator[str]:
    for mount in recipe.mounts:
        yield from ("--bind" if mount.writable else "--ro-bind", mount.source, mount.target)
    if recipe.environment:
        yield from ("--ro-bind", recipe.environment, recipe.environment)


def _variables(recipe: Recipe) -> Iterator[str]:
    path = _PATH
    if recipe.environment:
        path = os.pathsep.join((f"{recipe.environment}/bin", path))
    own = {
        "PATH": path,
        "HOME": "/tmp/home",
        "TMPDIR": "/tmp",
        "USER": "codegen",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name, value in {**own, **recipe.env}.items():
        yield from ("--setenv", name, value)
