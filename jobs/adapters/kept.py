"""Folders that are made once, shared by reading, and removed by least use when nobody holds them.

Each is complete or not there: it is renamed into place with its `lock` and its `size`.
"""

import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jobs.adapters import locks

Erase = Callable[[Path], Awaitable[None]]
"""Removes a folder, whatever is in it."""


def held(place: Path) -> int | None:
    """A shared lock on a folder, None when there is no such folder (any more); closing it gives it up."""
    with suppress(FileNotFoundError):
        lock = os.open(place / "lock", os.O_RDWR | os.O_CLOEXEC)
        if locks.try_lock(lock, shared=True) and (place / "lock").exists():
            return lock
        os.close(lock)
    return None


@contextmanager
def holding(place: Path | None) -> Iterator[None]:
    """Hold a folder if it is one of these; any other is nobody's to remove."""
    lock = held(place) if place else None
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def published(ready: Path, wanted: Path, *, size: int) -> None:
    """Rename a finished folder into place; another worker may have been faster."""
    (ready / "size").write_text(str(size))
    os.close(locks.opened(ready / "lock"))
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        ready.rename(wanted)


async def evicted(places: Iterable[Path], *, limit: int, aside: Path, erase: Erase) -> None:
    """Remove the least recently used of some folders that nobody holds, until the rest fits the limit.

    `aside` is a folder on the same file system, swept at every start.
    """
    by_age = _by_age(places)
    total = sum(size for _, size in by_age)
    for place, size in by_age:
        if total <= limit:
            break
        if await _removed(place, aside, erase):
            total -= size


def _by_age(places: Iterable[Path]) -> list[tuple[Path, int]]:
    found: list[tuple[float, Path, int]] = []
    for place in places:
        with suppress(FileNotFoundError):
            found.append((place.stat().st_mtime, place, int((place / "size").read_text())))
    return [(place, size) for _, place, size in sorted(found)]


async def _removed(place: Path, aside: Path, erase: Erase) -> bool:
    with suppress(FileNotFoundError):
        lock = os.open(place / "lock", os.O_RDWR | os.O_CLOEXEC)
        try:
            if locks.try_lock(lock):
                # Renamed first: nobody can begin to hold what is half removed.
                await erase(_put(place, aside))
                return True
        finally:
            os.close(lock)
    return False


def _put(place: Path, aside: Path) -> Path:
    return place.rename(aside / f"trash-{secrets.token_hex(8)}")
