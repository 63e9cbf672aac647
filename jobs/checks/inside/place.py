"""Lays files into the tree, takes others away and picks a folder for the canary; says so as JSON.

Usage: place.py PLAN.json, where the plan names files beside itself.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path

_TEST_FILE = re.compile(
    r"^(test_.*|.*_test)\.py$|.*[._-]test\.[cm]?[jt]sx?$|.*\.spec\.[cm]?[jt]sx?$|.*_test\.go$"
)
_SKIPPED = {".git", ".venv", "node_modules", "__pycache__"}


def main(plan_path: str) -> None:
    """Carry the plan out in the current directory."""
    plan = json.loads(Path(plan_path).read_text("utf-8"))
    beside = Path(plan_path).parent
    for path in plan["remove"]:
        _remove(Path(path))
    for path, source in plan["write"].items():
        _write(Path(path), (beside / source).read_bytes())
    folder = ""
    if plan["canary"]:
        folder = _folder(plan["near"])
        name = plan["canary"]
        _write(Path(folder) / name, (beside / name).read_bytes())
    sys.stdout.write(json.dumps({"folder": folder}) + "\n")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.is_symlink() or path.exists():
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    for parent in reversed(path.parents):
        if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
            parent.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(path)
    path.write_bytes(content)


def _folder(near: list[str]) -> str:
    for folder in near:
        if Path(folder).is_dir():
            return folder
    for here, folders, files in os.walk("."):
        folders[:] = sorted(set(folders) - _SKIPPED)
        if any(_TEST_FILE.match(name) for name in files):
            return os.path.relpath(here, ".")
    return "."


if __name__ == "__main__":
    main(sys.argv[1])
