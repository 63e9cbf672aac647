"""Path patterns of a spec: `*` stays within a folder, `**` crosses folders."""

import re
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")


def matches(path: str, patterns: Iterable[str]) -> bool:
    """True when one of the patterns covers the path; a pattern ending in `/` covers a whole folder."""
    return any(_compiled(pattern).fullmatch(path) is not None for pattern in patterns)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.removeprefix("./")
    pattern = pattern + "**" if pattern.endswith("/") else pattern
    return re.compile("".join(_part(token) for token in _TOKEN.findall(pattern)), re.DOTALL)


def _part(token: str) -> str:
    plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return plain.get(token) or re.escape(token)
