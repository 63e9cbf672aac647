"""Builds the read-only environment of tests: the system Python and a pinned pytest.

`python -m playground.environment DIR` builds it, or finds it built; addresses come from pip's own settings.
"""

import asyncio
import fcntl
import hashlib
import importlib.util
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playground.processes import carried_out

LOCK: Final = Path(__file__).parent / "environment.lock"
"""What is installed, with hashes."""
PYTHON: Final = "/usr/bin/python3"
"""The interpreter: one that a sandbox can see."""


class EnvironmentFailure(Exception):
    """The environment could not be built; the message is what the tool said."""


def key(*extra: str, locks: tuple[Path, ...] = (LOCK,)) -> str:
    """Names an environment by what is in it."""
    content = b"".join(one.read_bytes() for one in locks) + "\0".join((PYTHON, sys.platform, *extra)).encode()
    return hashlib.sha256(content).hexdigest()[:16]


async def build(folder: Path, *, locks: tuple[Path, ...] = (LOCK,)) -> Path:
    """The environment at `folder`; complete or not there at all, whoever else builds it at the same time."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    async with _alone(folder):
        if not (folder / "bin" / "python").exists():
            await _fresh(folder, locks)
    return folder


async def _fresh(folder: Path, locks: tuple[Path, ...]) -> None:
    raw = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        await _run(PYTHON, "-m", "venv", "--without-pip", str(raw))
        python = str(raw / "bin" / "python")
        pip = (python, str(_pip()), "--disable-pip-version-check")
        quiet = ("install", "--quiet", "--no-compile", "--no-deps", "--only-binary", ":all:")
        for lock in locks:
            await _run(*pip, *quiet, "--require-hashes", "--requirement", str(lock))
        await _run(python, "-m", "compileall", "-q", str(raw / "lib"))
        _settle(raw, folder)
        raw.rename(folder)
    except BaseException:
        shutil.rmtree(raw, ignore_errors=True)
        raise


def _settle(raw: Path, folder: Path) -> None:
    """Programs name their interpreter by its final path; nobody writes, everybody reads."""
    for program in (raw / "bin").iterdir():
        if program.is_file() and not program.is_symlink():
            content = program.read_bytes()
            program.write_bytes(content.replace(str(raw).encode(), str(folder).encode()))
    for path in (raw, *raw.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        for pause in itertools.repeat(0.1):
            if _locked(lock.fileno()):
                break
            await asyncio.sleep(pause)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pip() -> Path:
    """Our pip as a program for any interpreter: what `pip --python` starts, without a second process."""
    found = importlib.util.find_spec("pip")
    if found is None or found.origin is None:
        raise EnvironmentFailure("There is no pip beside this Python.")
    return Path(found.origin).with_name("__pip-runner__.py")


async def _run(*argv: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    status, output = await carried_out(*argv, environment=kept)
    if status != 0:
        raise EnvironmentFailure(output[-2000:])


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(build(Path(sys.argv[1])))}\n")
