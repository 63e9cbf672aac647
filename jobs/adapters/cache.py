"""Results shared by the workers of a machine: one file per key, computed once whoever asks first."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

POLL = 0.05
"""Seconds between two looks at a lock that another process holds."""


class FileCache:
    """ports.Cache in a folder; a lock file per key makes concurrent callers wait for the first.

    A lock belongs to an open file, so it is gone with the process that held it, however that ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """The stored result, or what `compute` gives; a failing `compute` stores nothing."""
        path = self._folder / hashlib.sha256(key.encode()).hexdigest()
        stored = await asyncio.to_thread(_read, path)
        if stored is not None:
            return stored
        async with _locked(path.with_suffix(".lock")):
            stored = await asyncio.to_thread(_read, path)
            if stored is None:
                stored = await compute()
                await asyncio.to_thread(_write, path, stored)
            return stored


@asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            if _taken(descriptor):
                break
            await asyncio.sleep(POLL)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
