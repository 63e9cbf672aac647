"""What pip is to install: requirement files as they are, pyproject.toml's lists, locks as constraints."""

import posixpath
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jobs.errors import Stop, StopKind

_REQUIREMENTS: Final = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements_dev.txt",
    "dev-requirements.txt",
    "requirements-test.txt",
    "test-requirements.txt",
    "requirements/dev.txt",
    "requirements/test.txt",
)
_PROJECT: Final = "pyproject.toml"
_LOCKS: Final = ("uv.lock", "poetry.lock", "pdm.lock")
CANDIDATES: Final = (*_REQUIREMENTS, _PROJECT, *_LOCKS)
"""Files that decide what is installed."""
MAX_INCLUDES: Final = 20
"""Requirement files that may name each other."""

_TESTING: Final = frozenset({"test", "tests", "testing", "dev", "develop", "development"})
_FROM_PROJECT, _PINNED = "pyproject.requirements.txt", "pyproject.constraints.txt"
_INCLUDE: Final = re.compile(rb"^\s*(?:-[rc]|--requirement|--constraint)[ =]\s*(\S+)", re.M)
# Where packages come from is the operator's to say, and the repository itself comes from the tree.
_NOT_OURS: Final = re.compile(
    rb"^\s*(?:(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)[ =].*"
    rb"|--no-index|--pre|(?:(?:-e|--editable)[ =]\s*)?(?:\.|file:)(?:[\[/].*)?)\s*$",
    re.M,
)
_PIP: Final = "python -m pip install"

Part = tuple[dict[str, bytes], tuple[str, ...]]
"""Files that are seen, and the commands."""


def install(files: Mapping[str, bytes]) -> Part | None:
    """Hash-checked when there are locks with hashes; None when nothing is named."""
    named = [name for name in _REQUIREMENTS if name in files]
    hashed = [name for name in named if b"--hash=" in files[name]]
    stems = {name.rpartition(".")[0] for name in hashed}
    plain = [name for name in named if name not in hashed and name.rpartition(".")[0] not in stems]
    seen = {name: _cleaned(content) for name, content in files.items() if _is_text(name)}
    commands = [f"{_PIP} --require-hashes {_words('-r', hashed)}"] if hashed else []
    if not hashed and _PROJECT in files:
        seen |= _project(files)
        plain += [_FROM_PROJECT] if _FROM_PROJECT in seen else []
    if plain:
        pinned = f" -c {_PINNED}" if _PINNED in seen else ""
        commands.append(f"{_PIP} {_words('-r', plain)}{pinned}")
    return (seen, tuple(commands)) if commands else None


def includes(name: str, content: bytes) -> list[str]:
    """Other requirement files that this one names, as paths from the root."""
    if not _is_text(name):
        return []
    folder = posixpath.dirname(name)
    found = [one.decode("utf-8", "replace") for one in _INCLUDE.findall(content)]
    paths = [posixpath.normpath(posixpath.join(folder, one)) for one in found if "://" not in one]
    return [path for path in paths if not path.startswith(("/", ".."))]


def _is_text(name: str) -> bool:
    return name.endswith((".txt", ".in")) or name in _REQUIREMENTS


def _cleaned(content: bytes) -> bytes:
    return _NOT_OURS.sub(b"", content)


def _words(option: str, names: list[str]) -> str:
    return " ".join(f"{option} {shlex.quote(name)}" for name in names)


def _project(files: Mapping[str, bytes]) -> dict[str, bytes]:
    wanted = sorted(dict.fromkeys(_wanted(_toml(files, _PROJECT))))
    if not wanted:
        return {}
    pins = sorted({pin for lock in _LOCKS if lock in files for pin in _pins(_toml(files, lock))})
    found = {_FROM_PROJECT: wanted, _PINNED: pins}
    return {name: "".join(f"{line}\n" for line in lines).encode() for name, lines in found.items() if lines}


def _wanted(told: dict[str, Any]) -> Iterator[str]:
    project = _table(told, "project")
    extras, groups = _table(project, "optional-dependencies"), _table(told, "dependency-groups")
    lists = [project.get("dependencies", [])]
    lists += [group for table in (extras, groups) for name, group in table.items() if name in _TESTING]
    for group in lists:
        yield from (one for one in group if isinstance(one, str))
    poetry = _table(_table(told, "tool"), "poetry")
    tables = [_table(poetry, "dependencies"), _table(poetry, "dev-dependencies")]
    tables += [
        _table(group, "dependencies")
        for name, group in _table(poetry, "group").items()
        if name in _TESTING and isinstance(group, dict)
    ]
    for table in tables:
        yield from (_poetry(name, said) for name, said in table.items() if name != "python")


def _poetry(name: str, said: object) -> str:
    facts: dict[str, Any] = said if isinstance(said, dict) else {"version": said}
    version = str(facts.get("version", "*"))
    extras = f"[{','.join(facts['extras'])}]" if facts.get("extras") else ""
    return f"{name}{extras}{','.join(map(_range, version.split(','))) if version != '*' else ''}"


def _range(one: str) -> str:
    """A version range of poetry's as pip reads it."""
    one = one.strip()
    numbers = one.lstrip("^~= ").split(".")
    if one[:1] == "^":
        at = next((at for at, number in enumerate(numbers) if number != "0"), len(numbers) - 1)
        above = [*numbers[:at], str(int(numbers[at]) + 1)] if numbers[at].isdigit() else numbers
        return f">={one[1:]},<{'.'.join(above)}"
    if one[:1] == "~" and one[1:2] != "=":
        return f"~={one[1:]}" if len(numbers) > 1 else f"=={one[1:]}.*"
    return one if one[:1] in "<>=!~" else f"=={one}"


def _pins(told: dict[str, Any]) -> Iterator[str]:
    for one in told.get("package", []):
        if isinstance(one, dict) and one.get("version") and not _elsewhere(one.get("source")):
            yield f"{one['name']}=={one['version']}"


def _elsewhere(source: object) -> bool:
    if not isinstance(source, dict):
        return False
    return "registry" not in source and source.get("type") != "legacy"


def _table(told: object, name: str) -> dict[str, Any]:
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}


def _toml(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(files[name].decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Stop(
            f"{name} cannot be read: {error}.", remedy=f"Correct {name}.", kind=StopKind.INPUT
        ) from None
