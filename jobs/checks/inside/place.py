"""Lays files into the tree, takes others away, picks a folder for the canary and prints it as a literal.

Usage: place.py PLAN, a marshalled dict that names files beside itself. It runs before every test run, so it
loads nothing but what Python itself has loaded: that is a third of the time.
"""

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SKIPPED = {".git", ".venv", "node_modules", "__pycache__"}
_SCRIPTS = tuple(
    f".{kind}{letter}" for kind in ("js", "ts", "cjs", "cts", "mjs", "mts") for letter in ("", "x")
)


def main(plan_path: str) -> None:
    """Carry the plan out in the current directory."""
    with open(plan_path, "rb") as file:
        plan: dict[str, Any] = marshal.load(file)
    beside = os.path.dirname(plan_path)
    for path in plan["remove"]:
        _remove(path)
    for path, source in plan["write"].items():
        _write(path, os.path.join(beside, source))
    folder = ""
    if plan["canary"]:
        folder = _folder(plan["near"])
        _write(os.path.join(folder, plan["canary"]), os.path.join(beside, plan["canary"]))
    sys.stdout.write(ascii(folder) + "\n")


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        with os.scandir(path) as inside:
            below = [one.path for one in inside]
        for one in below:
            _remove(one)
        os.rmdir(path)
    elif os.path.lexists(path):
        os.unlink(path)


def _write(path: str, source: str) -> None:
    folder = os.path.dirname(path)
    parents = [folder]
    while parents[-1].strip("/"):
        parents.append(os.path.dirname(parents[-1]))
    for parent in reversed(parents):
        if os.path.islink(parent) or (os.path.exists(parent) and not os.path.isdir(parent)):
            os.unlink(parent)
    if folder:
        os.makedirs(folder, exist_ok=True)
    _remove(path)
    with open(source, "rb") as content, open(path, "xb") as file:
        file.write(content.read())


def _folder(near: list[str]) -> str:
    for folder in near:
        if os.path.isdir(folder):
            return folder
    for here, folders, files in os.walk("."):
        folders[:] = sorted(set(folders) - _SKIPPED)
        if any(map(_is_test_file, files)):
            return os.path.relpath(here, ".")
    return "."


def _is_test_file(name: str) -> bool:
    stem, _, suffix = name.rpartition(".")
    if suffix == "py":
        return stem.startswith("test_") or stem.endswith("_test")
    if suffix == "go":
        return stem.endswith("_test")
    return name.endswith(_SCRIPTS) and (stem[-5:] in (".test", "_test", "-test") or stem.endswith(".spec"))


if __name__ == "__main__":
    main(sys.argv[1])
