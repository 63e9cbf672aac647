"""Results that are the same for everybody, as files: computed once on a machine, however many ask."""

import asyncio
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from jobs.errors import Stop

LIMIT = 512 * 1024 * 1024
"""Bytes of results kept; the longest unused go first."""

ABANDONED = 3600.0
"""Seconds after which a draft is one that a killed worker left."""

_DIGEST = hashlib.sha256().digest_size
_LONGEST_PAUSE = 0.3


class FileCache:
    """ports.Cache in a folder that the workers of one machine share."""

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._here: dict[str, asyncio.Lock] = {}
        self._asking: dict[str, int] = {}

    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """The stored result, or what `compute` gives; concurrent callers of one key wait for the first.

        What `compute` raises reaches its own caller only: the next one computes again. Raises Stop when
        the folder cannot be written.
        """
        name = hashlib.sha256(key.encode()).hexdigest()
        with _disk():
            stored = self._read(name)
        if stored is not None:
            return stored
        async with self._alone_here(name), _alone(self._path(name, "lock")):
            with _disk():
                stored = self._read(name)
            if stored is None:
                stored = await compute()
                with _disk():
                    self._write(name, stored)
        return stored

    @asynccontextmanager
    async def _alone_here(self, name: str) -> AsyncIterator[None]:
        lock = self._here.setdefault(name, asyncio.Lock())
        self._asking[name] = self._asking.get(name, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._asking[name] -= 1
            if not self._asking[name]:
                del self._asking[name], self._here[name]

    def _path(self, name: str, ending: str) -> Path:
        return self._folder / name[:2] / f"{name}.{ending}"

    def _read(self, name: str) -> bytes | None:
        path = self._path(name, "result")
        try:
            content = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        digest, result = content[:_DIGEST], content[_DIGEST:]
        # a file that a crash cut short counts as none
        return result if hashlib.sha256(result).digest() == digest else None

    def _write(self, name: str, result: bytes) -> None:
        path = self._path(name, "result")
        draft = path.with_suffix(f".{secrets.token_hex(4)}.draft")
        try:
            draft.write_bytes(hashlib.sha256(result).digest() + result)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._prune(keep=path)

    def _prune(self, keep: Path) -> None:
        results = sorted(_aged(self._folder.glob("*/*.result")))
        total = sum(size for _, size, _ in results)
        for _, size, path in results:
            if total <= self._limit:
                break
            if path != keep:
                path.unlink(missing_ok=True)
                total -= size
        for at, _, path in _aged(self._folder.glob("*/*.draft")):
            if at < time.time() - ABANDONED:
                path.unlink(missing_ok=True)


def _aged(paths: Iterable[Path]) -> Iterator[tuple[float, int, Path]]:
    """When each was last used, and its size; another worker may remove any of them meanwhile."""
    for path in paths:
        with suppress(FileNotFoundError):
            stat = path.stat()
            yield stat.st_mtime, stat.st_size, path


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """Hold a lock file against every other process of this machine; a killed one lets go."""
    descriptor = await _locked(path)
    try:
        yield
    finally:
        _unlock(descriptor, path)


async def _locked(path: Path) -> int:
    pause = 0.01
    while True:
        with _disk():
            descriptor = _opened(path)
        if _is_ours(descriptor, path):
            return descriptor
        os.close(descriptor)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _opened(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _unlock(descriptor: int, path: Path) -> None:
    # removed while held: whoever waited on this file finds it gone and takes the next one
    path.unlink(missing_ok=True)
    os.close(descriptor)


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"The worker's cache cannot be written ({error.strerror})."
        raise Stop(reason, remedy="Ask the operator to look at the disk of CODEGEN_HOME.") from None


def _is_ours(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        return False
