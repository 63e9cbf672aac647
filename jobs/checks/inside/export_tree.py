"""Copies what a tree delivers to another folder: no tests, nothing hidden, no links.

Usage: export_tree.py OUT, in the root of a tree. Exit status 3: it is too large.
"""

import os
import shutil
import sys
from pathlib import Path

_SKIPPED = {"node_modules", "__pycache__", "dist", "build", "test", "tests", "docs"}
_MOST_BYTES = 12_000_000
_MOST_FILES = 2_000


def main(out: str) -> int:
    """Copy; 0 when all of it fits."""
    files = [path for path in _files() if path.is_file() and not path.is_symlink()]
    if len(files) > _MOST_FILES or sum(path.stat().st_size for path in files) > _MOST_BYTES:
        return 3
    for path in files:
        target = Path(out) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return 0


def _files() -> list[Path]:
    found = []
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(one for one in folders if one not in _SKIPPED and not one.startswith("."))
        found += [Path(folder) / name for name in sorted(names) if not name.startswith(".")]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
