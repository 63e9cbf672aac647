"""What npm is to install; only what decides that is seen, so that no script of the project runs."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from jobs.errors import Stop, StopKind

_MANIFEST: Final = "package.json"
_LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json")
CANDIDATES: Final = (_MANIFEST, *_LOCKS)
"""Files that decide what is installed."""

_LISTS: Final = ("dependencies", "devDependencies", "optionalDependencies")
_KEPT: Final = ("name", "version", *_LISTS, "peerDependencies", "overrides", "workspaces", "engines")
# The one form that every registry has; anything else is an address and stays, so that npm says it.
_OF_REGISTRY: Final = re.compile(r"^https?://[^?#]+/-/[^/?#]+\.tgz(?:[?#].*)?$")
_OPTIONS: Final = "--ignore-scripts --no-audit --no-fund"

Part = tuple[dict[str, bytes], tuple[str, ...]]
"""Files that are seen, and the commands."""


def install(files: Mapping[str, bytes]) -> Part | None:
    """`npm ci` with a lockfile, else what package.json names; None when that is nothing."""
    if _MANIFEST not in files:
        return None
    told = _read(files, _MANIFEST)
    if not any(told.get(name) for name in _LISTS):
        return None
    kept = {name: told[name] for name in _KEPT if name in told}
    seen = {_MANIFEST: json.dumps(kept, indent=1, sort_keys=True).encode()}
    lock = next((name for name in _LOCKS if name in files), None)
    if lock is None:
        return seen, (f"npm install --no-package-lock {_OPTIONS}",)
    _read(files, lock)
    return {**seen, lock: without_hosts(lock, files[lock])}, (f"npm ci {_OPTIONS}",)


def without_hosts(path: str, content: bytes) -> bytes:
    """A lockfile that leaves it to the registry's settings where packages are; their hashes stay."""
    if path not in _LOCKS:
        return content
    try:
        told = json.loads(content)
    except ValueError:
        return content
    _strip(told)
    return json.dumps(told, indent=1).encode()


def _strip(value: object) -> None:
    if isinstance(value, dict):
        address = value.get("resolved")
        if isinstance(address, str) and value.get("integrity") and _OF_REGISTRY.match(address):
            del value["resolved"]
        for one in value.values():
            _strip(one)


def _read(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        told = json.loads(files[name])
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Stop(f"{name} cannot be read.", remedy=f"Make {name} valid JSON.", kind=StopKind.INPUT)
    return told
