"""Known vulnerabilities from the operator's own copy, as OSV JSON, see https://ossf.github.io/osv-schema/."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from packaging.version import InvalidVersion, Version

from jobs.checks.manifests import PYPI, Package, normal

_MAX_FILES: Final = 200_000


class UnreadableError(Exception):
    """The advisory source is missing or no OSV JSON; the message names the file."""


@dataclass(frozen=True)
class Advisory:
    """One known vulnerability of one package version."""

    id: str
    """Such as PYSEC-2026-1 or a CVE."""
    summary: str
    """What it is."""
    fixed: str
    """First version without it, or empty."""


def load(source: Path, names: frozenset[tuple[str, str]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Advisories about some (ecosystem, name) pairs; raises UnreadableError."""
    if not source.exists():
        raise UnreadableError(f"{source.name} is not there")
    files = [source] if source.is_file() else sorted(source.rglob("*.json"))[:_MAX_FILES]
    wanted = {_plain(name.encode()) for _, name in names}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in files:
        content = _content(path)
        plain = _plain(content)
        if not any(name in plain for name in wanted):
            continue
        for one in _entries(path, content):
            for affected in one.get("affected", []):
                package = affected.get("package", {})
                key = _key(str(package.get("ecosystem", "")), str(package.get("name", "")))
                if key in names and not one.get("withdrawn"):
                    found.setdefault(key, []).append({**one, "affected": [affected]})
    return found


def matching(package: Package, known: list[dict[str, Any]]) -> list[Advisory]:
    """Those that name this very version."""
    found = []
    for one in known:
        affected = one["affected"][0]
        fixed = _fixed(affected)
        if _listed(package, affected) or any(_within(package, each) for each in _ranges(affected)):
            found.append(Advisory(str(one.get("id", "?")), str(one.get("summary", "")), fixed))
    return found


def _plain(content: bytes) -> bytes:
    """Text in which a name is found however it is spelled: most files are about something else."""
    return content.lower().replace(b"_", b"-").replace(b".", b"-")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be opened") from error


def _key(ecosystem: str, name: str) -> tuple[str, str]:
    ecosystem = ecosystem.partition(":")[0]
    return ecosystem, normal(name) if ecosystem == PYPI else name


def _entries(path: Path, content: bytes) -> list[dict[str, Any]]:
    try:
        told = json.loads(content)
    except ValueError as error:
        raise UnreadableError(f"{path.name} is no JSON") from error
    entries = told.get("vulns", [told]) if isinstance(told, dict) else told
    return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []


def _listed(package: Package, affected: dict[str, Any]) -> bool:
    own = package.version.removeprefix("v")
    return any(str(one).removeprefix("v") == own for one in affected.get("versions", []))


def _ranges(affected: dict[str, Any]) -> list[list[dict[str, str]]]:
    return [one.get("events", []) for one in affected.get("ranges", []) if one.get("type") != "GIT"]


def _within(package: Package, events: list[dict[str, str]]) -> bool:
    version = _order(package.ecosystem, package.version)
    inside = False
    for event in events:
        if "introduced" in event:
            start = event["introduced"]
            inside = inside or start == "0" or version >= _order(package.ecosystem, start)
        elif "fixed" in event:
            inside = inside and version < _order(package.ecosystem, event["fixed"])
        elif "last_affected" in event:
            inside = inside and version <= _order(package.ecosystem, event["last_affected"])
    return inside


def _fixed(affected: dict[str, Any]) -> str:
    fixes = [event["fixed"] for events in _ranges(affected) for event in events if "fixed" in event]
    return str(fixes[-1]) if fixes else ""


def _order(ecosystem: str, version: str) -> Version:
    """A version that can be compared; what follows PEP 440's idea of a pre-release also fits semver's."""
    plain = version.removeprefix("v").partition("+")[0] if ecosystem != PYPI else version
    try:
        return Version(plain)
    except InvalidVersion:
        numbers = re.findall(r"\d+", plain.partition("-")[0]) or ["0"]
        return Version(".".join(numbers) + (".dev0" if "-" in plain else ""))
