"""Look at directories that foreign code wrote, without ever following a link."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress

_ENTRY = 4096
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LONGEST_PATH = 3500
_MOST_FILES = 10_000


def used_bytes(directories: Sequence[str], limit: int) -> int:
    """Disk space below some directories, each entry at least one block; stops counting beyond `limit`.

    A path too long to be looked at counts as beyond: whatever is below it cannot be bounded.
    """
    total = 0
    waiting = [*directories]
    while waiting and total <= limit:
        place = waiting.pop()
        if len(place) > _LONGEST_PATH:
            return limit + 1
        with suppress(FileNotFoundError, PermissionError, NotADirectoryError), os.scandir(place) as entries:
            for entry in entries:
                total += _space(entry)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return total


def read_file(root: str, path: str, limit: int) -> bytes | None:
    """A regular file below `root`; None when missing, special, behind a link or above `limit` bytes."""
    parts = path.split("/")
    if not path or "\0" in path or any(part in ("", ".", "..") for part in parts):
        return None
    opened = [os.open(root, _DIRECTORY)]
    try:
        for part in parts[:-1]:
            opened.append(os.open(part, _DIRECTORY, dir_fd=opened[-1]))
            os.close(opened.pop(0))
        return _content(parts[-1], opened[-1], limit)
    except OSError:
        return None
    finally:
        for descriptor in opened:
            os.close(descriptor)


def collect(directory: str, limit: int) -> Iterator[tuple[str, bytes]]:
    """Regular files below a directory, `limit` bytes together at most; what does not fit is left out."""
    left = limit
    for name in sorted(_relative_names(directory)):
        content = read_file(directory, name, left)
        if content is not None:
            left -= len(content)
            yield name, content


def _content(name: str, parent: int, limit: int) -> bytes | None:
    descriptor = os.open(name, _FILE, dir_fd=parent)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > limit:
            return None
        content = file.read(limit + 1)
        return content if len(content) <= limit else None


def _space(entry: os.DirEntry[str]) -> int:
    try:
        return max(entry.stat(follow_symlinks=False).st_blocks * 512, _ENTRY)
    except FileNotFoundError:
        return 0


def _relative_names(directory: str) -> list[str]:
    names: list[str] = []
    for place, _, files in os.walk(directory, followlinks=False):
        inside = os.path.relpath(place, directory)
        if len(place) > _LONGEST_PATH or len(names) > _MOST_FILES:
            break
        names += [file if inside == "." else f"{inside}/{file}" for file in files]
    return names
