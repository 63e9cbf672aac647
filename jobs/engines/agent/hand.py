"""The file tools, as they run inside the sandbox: one request as JSON on stdin, text for the model on stdout.

Sent along with each call and run by the system's Python, so it uses nothing but the standard library.
Exit status 0: done; 1: a refusal the model can react to.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path, PurePosixPath

TYPE_CHECKING = False  # `typing` takes longer to load than most calls take
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

LINES = 400
"""Lines one read returns at the most."""
WIDTH = 400
"""Characters of a line that are shown."""
MATCHES = 80
"""Matches one search returns at the most."""
LARGEST = 2_000_000
"""Bytes of a file that is still looked into."""
SECONDS = 20.0
"""How long one search may take."""
SKIPPED = frozenset({".git", "node_modules", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".tox"})
"""Directories that nobody means when they search."""


class RefusedCall(Exception):
    """What the model asked for cannot be done; the message says what to do instead."""


def read(request: dict[str, Any]) -> str:
    """Numbered lines of a file, or the names in a directory."""
    path = _inside(request["path"])
    if path.is_dir():
        return _listing(path)
    lines = _text(path).splitlines()
    first = max(1, int(request["first"]))
    last = min(len(lines), int(request["last"] or first + LINES - 1), first + LINES - 1)
    shown = [f"{number:5d}  {lines[number - 1][:WIDTH]}" for number in range(first, last + 1)]
    return "\n".join([f"{path}, lines {first} to {last} of {len(lines)}:", *shown])


def write(request: dict[str, Any]) -> str:
    """Create or replace a file."""
    path = _inside(request["path"])
    if path.is_dir():
        raise RefusedCall(f"{path} is a directory.")
    new = request["content"].encode()
    if path.is_file() and path.read_bytes() == new:
        return f"{path} is already exactly so."
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(new)
    return f"Wrote {path}: {len(request['content'].splitlines())} lines."


def edit(request: dict[str, Any]) -> str:
    """Replace the one place where `old` occurs."""
    path, old, new = _inside(request["path"]), request["old"], request["new"]
    text = _text(path)
    if not old or old == new:
        raise RefusedCall("`old` must be some text of the file, and `new` must differ from it.")
    places = [match.start() for match in re.finditer(re.escape(old), text)]
    if not places and len(new.strip()) > 2 and text.count(new) == 1:
        return f"{path} already says so; nothing was changed."
    if len(places) != 1:
        raise RefusedCall(_not_once(path, text, old=old, places=places))
    path.write_bytes((text[: places[0]] + new + text[places[0] + len(old) :]).encode())
    return f"Replaced 1 place in {path}, line {text.count(chr(10), 0, places[0]) + 1}."


def search(request: dict[str, Any]) -> str:
    """Lines that match a regular expression, or names of files that do."""
    try:
        pattern = re.compile(request["pattern"])
    except re.error as error:
        raise RefusedCall(f"`pattern` is not a regular expression: {error}.") from error
    root, found, until = _inside(request["path"]), [], time.monotonic() + SECONDS
    if not root.exists():
        raise RefusedCall(f"{root} does not exist.")
    for path in _files(root):
        found += [str(path)] if request["names"] and pattern.search(str(path)) else []
        found += [] if request["names"] else list(_matches(path, pattern))
        if len(found) > MATCHES or time.monotonic() > until:
            return "\n".join([*found[:MATCHES], "There is more: search for something narrower."])
    return "\n".join(found) or f"Nothing under {root} matches."


def _not_once(path: Path, text: str, *, old: str, places: list[int]) -> str:
    if places:
        lines = ", ".join(str(text.count("\n", 0, place) + 1) for place in places[:10])
        return (
            f"`old` occurs {len(places)} times in {path} (lines {lines}); it must occur once. "
            "Take more of the text around it."
        )
    first = next((line.strip() for line in old.splitlines() if line.strip()), "")
    near = [
        f"{number:5d}  {line[:WIDTH]}"
        for number, line in enumerate(text.splitlines(), 1)
        if first and line.strip() == first
    ]
    hint = "Its first line stands, with other spaces or another next line, at:\n" + "\n".join(near[:5])
    return f"`old` does not occur in {path}. " + (hint if near else "Read it again: it may have changed.")


def _inside(name: str) -> Path:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or ".git" in pure.parts or "\0" in name:
        raise RefusedCall(f"{name!r} is not a path in the repository: give it from the repository's root.")
    return Path(pure)


def _text(path: Path) -> str:
    if not path.is_file():
        raise RefusedCall(f"{path} does not exist; search for it by name.")
    if path.stat().st_size > LARGEST:
        raise RefusedCall(f"{path} is larger than {LARGEST} bytes; search in it instead.")
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise RefusedCall(f"{path} is not text in UTF-8.") from error


def _listing(path: Path) -> str:
    names = sorted(child.name + "/" * child.is_dir() for child in path.iterdir() if child.name != ".git")
    more = [f"and {len(names) - LINES} more"] if len(names) > LINES else []
    return "\n".join([f"{path}/:", *names[:LINES], *more])


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(one for one in folders if one not in SKIPPED)
        yield from (Path(folder, name) for name in sorted(names))


def _matches(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    if not path.is_file() or path.stat().st_size > LARGEST:
        return
    content = path.read_bytes()
    if b"\0" in content[:8192]:
        return
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        if pattern.search(line):
            yield f"{path}:{number}:{line[:WIDTH]}"


TOOLS: dict[str, Callable[[dict[str, Any]], str]] = {
    "read": read,
    "write": write,
    "edit": edit,
    "search": search,
}
"""Tool → what does it."""


def main() -> int:
    """Do what stdin asks for."""
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer, status = TOOLS[request.pop("tool")](request), 0
    except (RefusedCall, OSError) as error:
        answer, status = str(error), 1
    sys.stdout.buffer.write(answer.encode(errors="replace") + b"\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
