"""From a tree's manifests to the plan of a build: pure but for reading files."""

import asyncio
import posixpath
import shlex
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from jobs.domain.environment import Ecosystem, EnvironmentPlan
from jobs.stages.setup import node, python

Read = Callable[[str], Awaitable[bytes | None]]
"""A file of the tree by its path from the root; None when there is none."""

_GO: Final = ("go.mod", "go.sum")
CANDIDATES: Final = (*python.CANDIDATES, *node.CANDIDATES, *_GO)
"""Files that decide what is installed."""

_WORDS: Final = {
    Ecosystem.PYTHON: ("pip", "python", "python3", "uv", "poetry", "pdm"),
    Ecosystem.NPM: ("npm", "npx", "yarn", "pnpm"),
    Ecosystem.GO: ("go",),
}
_GO_DOWNLOAD: Final = "go mod download"


async def plan_of(read: Read, setup: tuple[str, ...] = ()) -> EnvironmentPlan | None:
    """What to build for a tree, or None when nothing is to be installed.

    `setup` are the repository's own commands, from its default branch. Raises Stop for a manifest that
    cannot be read.
    """
    files = await _read_all(read, CANDIDATES)
    files |= await _included(read, files)
    return await _declared(read, files, setup) if setup else _detected(files)


def _detected(files: Mapping[str, bytes]) -> EnvironmentPlan | None:
    seen: dict[str, bytes] = {}
    commands: list[str] = []
    ecosystems: list[Ecosystem] = []
    go = {name: files[name] for name in _GO if name in files}
    parts = (
        (Ecosystem.PYTHON, python.install(files)),
        (Ecosystem.NPM, node.install(files)),
        (Ecosystem.GO, (go, (_GO_DOWNLOAD,)) if b"require" in go.get("go.mod", b"") else None),
    )
    for ecosystem, part in parts:
        if part is not None:
            seen |= part[0]
            commands += part[1]
            ecosystems.append(ecosystem)
    if not commands:
        return None
    return EnvironmentPlan(files=seen, commands=tuple(commands), ecosystems=tuple(ecosystems))


async def _declared(read: Read, files: Mapping[str, bytes], setup: tuple[str, ...]) -> EnvironmentPlan:
    """The repository's own commands, with the manifests and the files that they name."""
    words = [word for command in setup for word in _split(command)]
    named = [
        path for word in words if (path := posixpath.normpath(word)) and not path.startswith(("/", ".."))
    ]
    seen = {**files, **await _read_all(read, dict.fromkeys(named))}
    seen = {path: node.without_hosts(path, content) for path, content in seen.items()}
    programs = {posixpath.basename(word) for word in words}
    scripts = set(named) & set(seen)
    found = [
        one
        for one, names in _WORDS.items()
        if programs & set(names) or (scripts and _manifests(one) & set(files))
    ]
    return EnvironmentPlan(files=seen, commands=setup, ecosystems=tuple(found))


def _manifests(ecosystem: Ecosystem) -> set[str]:
    own = {Ecosystem.PYTHON: python.CANDIDATES, Ecosystem.NPM: node.CANDIDATES, Ecosystem.GO: _GO}
    return set(own[ecosystem])


async def _included(read: Read, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Requirement files that others name."""
    found: dict[str, bytes] = {}
    wanted = [path for name, content in files.items() for path in python.includes(name, content)]
    while wanted and len(found) < python.MAX_INCLUDES:
        path = wanted.pop()
        if path in files or path in found:
            continue
        content = await read(path)
        if content is not None:
            found[path] = content
            wanted += python.includes(path, content)
    return found


async def _read_all(read: Read, names: Mapping[str, object] | tuple[str, ...]) -> dict[str, bytes]:
    contents = await asyncio.gather(*map(read, names))
    return {name: content for name, content in zip(names, contents, strict=True) if content is not None}


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:
        return command.split()
