"""Locks on files, among all processes of this host."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_PAUSE = 0.02


def opened(file: Path) -> int:
    """A descriptor to lock; closing it gives the lock up."""
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock at once or not at all."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait(descriptor: int, *, shared: bool = False) -> None:
    """Lock, waiting for others that hold it for a moment only."""
    fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


@asynccontextmanager
async def alone(file: Path) -> AsyncIterator[None]:
    """Hold a file's exclusive lock; waiting can be cancelled."""
    descriptor = opened(file)
    try:
        while True:
            if try_lock(descriptor):
                break
            await asyncio.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
