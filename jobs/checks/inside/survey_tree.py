"""Lists a tree's files and shows those that speak most of given words, as JSON on standard output.

Usage: survey_tree.py WORDS.json, in the root of a tree.
"""

import json
import os
import sys
from pathlib import Path

_SKIPPED = {".git", ".venv", "node_modules", "__pycache__", "dist", "build"}
_MOST_FILES = 400
_LARGEST = 20_000
_ROOM = 60_000


def main(words_path: str) -> None:
    """Print files and texts."""
    words = json.loads(Path(words_path).read_text("utf-8"))
    paths = sorted(_paths())
    texts = {path: text for path in paths if (text := _text(path))}
    ranked = sorted(texts, key=lambda path: (-_score(path, texts[path], words), path))
    shown: dict[str, str] = {}
    room = _ROOM
    for path in ranked:
        if _score(path, texts[path], words) and len(texts[path]) <= room:
            shown[path] = texts[path]
            room -= len(texts[path])
    sys.stdout.write(json.dumps({"files": paths[:_MOST_FILES], "shown": shown}))


def _paths() -> list[str]:
    found = []
    for folder, folders, names in os.walk("."):
        folders[:] = [one for one in folders if one not in _SKIPPED and not one.startswith(".")]
        found += [os.path.relpath(Path(folder) / name, ".") for name in names]
    return found


def _text(path: str) -> str:
    place = Path(path)
    if place.is_symlink() or not place.is_file() or place.stat().st_size > _LARGEST:
        return ""
    try:
        return place.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _score(path: str, text: str, words: list[str]) -> int:
    low, name = text.lower(), path.lower()
    return sum((word in low) + 2 * (word in name) for word in words)


if __name__ == "__main__":
    main(sys.argv[1])
