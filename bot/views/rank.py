"""The order of a picker's entries: better matches first, nothing is ever filtered away."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")


def ranked(paths: Sequence[str], query: str) -> list[str]:
    """Paths by how well they match a query; equals keep their order, so put likely ones first."""
    wanted = query.strip().casefold()
    return sorted(paths, key=lambda path: _distance(path.casefold(), wanted)) if wanted else list(paths)


def _distance(path: str, query: str) -> int:
    name = path.rsplit("/", 1)[-1]
    if query in (path, name):
        return 0
    if name.startswith(query) or path.startswith(query):
        return 1
    words = _WORD.findall(path)
    if all(any(word.startswith(part) for word in words) for part in _WORD.findall(query) or [query]):
        return 2
    if query in path:
        return 3
    return 4 if _subsequence(query, path) else 5


def _subsequence(query: str, path: str) -> bool:
    letters = iter(path)
    return all(letter in letters for letter in query if not letter.isspace())
