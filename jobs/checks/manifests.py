"""Packages that a manifest or lockfile names, read as text on both sides; nothing is resolved or run."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

PYPI, NPM, GO, CRATES = "PyPI", "npm", "Go", "crates.io"
"""Ecosystems, as OSV spells them."""

_REQUIREMENT: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?P<rest>@\s*\S+|\(?\s*[<>=!~][^;#]*)?\s*(?:[;#].*)?$"
)
_ADDRESS: Final = re.compile(
    r"^(?:git\+|hg\+|svn\+|bzr\+|https?://|ssh://|file:|git@|git://|github:|\./|\.\./|/)"
)
_YARN: Final = re.compile(
    r'^"?(?P<name>(?:@[^@/\s"]+/)?[^@\s"]+)@[^\n]*:\n(?:  .*\n)*?  version:? "?(?P<version>[^"\n]+)', re.M
)
_GO_REQUIRE: Final = re.compile(
    r"^\s*(?:require\s+)?(?P<name>[\w.~-]+\.[\w.~-]+/\S+|[\w-]+\.[\w.-]+)\s+(?P<version>v\S+)", re.M
)


@dataclass(frozen=True)
class Package:
    """One package as a file names it."""

    ecosystem: str
    """As OSV spells it."""
    name: str
    """Normalised where the ecosystem does."""
    version: str
    """Exact version; empty when the file leaves it open."""
    source: str = ""
    """An address instead of a registry, or empty."""


def packages(path: str, text: str) -> frozenset[Package] | None:
    """What a file names; None for one that is no manifest, or that cannot be read."""
    reader = _reader(PurePosixPath(path).name)
    if reader is None:
        return None
    try:
        return frozenset(reader(text)) if text.strip() else frozenset()
    except (ValueError, TypeError, AttributeError, KeyError, yaml.YAMLError):
        return None


def is_manifest(path: str) -> bool:
    """True for files that name packages."""
    return _reader(PurePosixPath(path).name) is not None


def is_lock(path: str) -> bool:
    """True for files that name exact versions only."""
    name = PurePosixPath(path).name
    return name.endswith(".lock") or name in (
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "go.sum",
    )


def normal(name: str) -> str:
    """A Python package's name in its one spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _reader(name: str) -> Callable[[str], Iterator[Package]] | None:
    if re.fullmatch(r"(.*[-_.])?(requirements|constraints)([-_.].*)?\.(txt|in)", name):
        return _requirements
    if name.endswith(".lock") and name.startswith("requirements"):
        return _requirements
    return _READERS.get(name)


def _requirements(text: str) -> Iterator[Package]:
    for line in text.replace("\\\n", " ").splitlines():
        plain = re.sub(r"\s--hash=\S+", "", line.split(" #")[0]).strip()
        plain = re.sub(r"^(?:-e|--editable)[ =]", "", plain).strip()
        if plain and not plain.startswith(("#", "-")):
            yield from _python(plain)


def _python(requirement: str) -> Iterator[Package]:
    if _ADDRESS.match(requirement):
        egg = re.search(r"#egg=([\w.-]+)", requirement)
        name = (
            egg[1] if egg else requirement.split("#")[0].rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
        )
        yield Package(PYPI, normal(name.partition("@")[0]), "", requirement)
        return
    found = _REQUIREMENT.match(requirement)
    if found:
        rest = (found["rest"] or "").strip(" ()")
        if rest.startswith("@"):
            yield Package(PYPI, normal(found["name"]), "", rest[1:].strip())
        else:
            exact = re.fullmatch(r"===?\s*([\w.+!-]+)", rest)
            yield Package(PYPI, normal(found["name"]), exact[1] if exact else "")


def _pyproject(text: str) -> Iterator[Package]:
    told = tomllib.loads(text)
    project = told.get("project", {})
    lists = [project.get("dependencies", []), told.get("build-system", {}).get("requires", [])]
    lists += [*project.get("optional-dependencies", {}).values(), *told.get("dependency-groups", {}).values()]
    for one in (requirement for group in lists for requirement in group if isinstance(requirement, str)):
        yield from _python(one)
    poetry = told.get("tool", {}).get("poetry", {})
    tables = [poetry.get("dependencies", {}), poetry.get("dev-dependencies", {})]
    tables += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    for table in tables:
        for name, wanted in table.items():
            if name != "python":
                yield _by_table(PYPI, normal(name), wanted)


def _cargo_toml(text: str) -> Iterator[Package]:
    told = tomllib.loads(text)
    for key in ("dependencies", "dev-dependencies", "build-dependencies"):
        for name, wanted in told.get(key, {}).items():
            yield _by_table(CRATES, name, wanted)


def _by_table(ecosystem: str, name: str, wanted: Any) -> Package:
    facts = wanted if isinstance(wanted, dict) else {"version": str(wanted)}
    source = next((str(facts[key]) for key in ("git", "url", "path") if key in facts), "")
    exact = re.fullmatch(r"={1,3}\s*([\w.+-]+)", str(facts.get("version", "")))
    return Package(ecosystem, name, exact[1] if exact else "", source)


def _toml_lock(ecosystem: str) -> Callable[[str], Iterator[Package]]:
    def read(text: str) -> Iterator[Package]:
        for one in tomllib.loads(text).get("package", []):
            source = one.get("source", "")
            if isinstance(source, dict):
                own = {key: source[key] for key in ("git", "url", "path") if key in source}
                source = str(next(iter(own.values()), "")) if source.get("type") != "legacy" else ""
            registry = str(source).startswith(("registry+", "sparse+"))
            name = normal(one["name"]) if ecosystem == PYPI else one["name"]
            yield Package(ecosystem, name, str(one.get("version", "")), "" if registry else str(source))

    return read


def _package_json(text: str) -> Iterator[Package]:
    told = json.loads(text)
    for key in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
        for name, wanted in told.get(key, {}).items():
            exact = re.fullmatch(r"=?v?(\d[\w.+-]*)", wanted)
            known = _ADDRESS.match(wanted) or re.fullmatch(r"[\w.-]+/[\w.-]+(#.*)?", wanted)
            yield Package(NPM, name, exact[1] if exact else "", wanted if known else "")


def _package_lock(text: str) -> Iterator[Package]:
    told = json.loads(text)
    for place, one in told.get("packages", {}).items():
        if place and not one.get("link"):
            name = one.get("name") or place.rsplit("node_modules/", 1)[-1]
            yield Package(NPM, name, one.get("version", ""), _elsewhere(one.get("resolved", "")))
    if "packages" not in told:
        yield from _nested(told.get("dependencies", {}))


def _nested(table: dict[str, Any]) -> Iterator[Package]:
    for name, one in table.items():
        yield Package(NPM, name, one.get("version", ""), _elsewhere(one.get("resolved", "")))
        yield from _nested(one.get("dependencies", {}))


def _elsewhere(resolved: str) -> str:
    """An address that is no registry's tarball."""
    return resolved if resolved.startswith(("git", "file:", "http:")) else ""


def _yarn(text: str) -> Iterator[Package]:
    for one in _YARN.finditer(text):
        if one["name"] != "__metadata":
            yield Package(NPM, one["name"], one["version"].strip())


def _pnpm(text: str) -> Iterator[Package]:
    for key in yaml.safe_load(text).get("packages", {}) or {}:
        found = re.match(r"^/?(?P<name>(?:@[^@/]+/)?[^@/(]+)[@/](?P<version>[^(_]+)", str(key))
        if found:
            yield Package(NPM, found["name"], found["version"])


def _go_mod(text: str) -> Iterator[Package]:
    for one in _GO_REQUIRE.finditer(re.sub(r"//.*", "", text)):
        yield Package(GO, one["name"], one["version"])
    for old, new in re.findall(r"^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)", text, re.M):
        yield Package(GO, old, "", new)


def _go_sum(text: str) -> Iterator[Package]:
    for name, version in re.findall(r"^(\S+) (v\S+?)(?:/go\.mod)? h1:", text, re.M):
        yield Package(GO, name, version)


_READERS: Final[dict[str, Callable[[str], Iterator[Package]]]] = {
    "pyproject.toml": _pyproject,
    "poetry.lock": _toml_lock(PYPI),
    "uv.lock": _toml_lock(PYPI),
    "pdm.lock": _toml_lock(PYPI),
    "package.json": _package_json,
    "package-lock.json": _package_lock,
    "npm-shrinkwrap.json": _package_lock,
    "yarn.lock": _yarn,
    "pnpm-lock.yaml": _pnpm,
    "go.mod": _go_mod,
    "go.sum": _go_sum,
    "Cargo.toml": _cargo_toml,
    "Cargo.lock": _toml_lock(CRATES),
}
