"""Names that Go source declares for its whole package."""

import re
from typing import Final

_FUNCTION: Final = re.compile(r"^func\s+(?:\([^)]*\)\s*)?([A-Za-z_]\w*)", re.MULTILINE)
_NAMED: Final = re.compile(r"^(?:type|var|const)\s+([A-Za-z_]\w*)", re.MULTILINE)
_GROUP: Final = re.compile(r"^(?:type|var|const)\s*\((.*?)^\)", re.MULTILINE | re.DOTALL)
_INNER: Final = re.compile(r"^[\t ]+([A-Za-z_]\w*)\b", re.MULTILINE)
_FIELDS: Final = re.compile(r"\b(?:struct|interface)\s*\{(.*?)^\}", re.MULTILINE | re.DOTALL)


def declared(source: str) -> frozenset[str]:
    """Functions, methods, types, fields, variables and constants by name."""
    groups = [*_GROUP.findall(source), *_FIELDS.findall(source)]
    inner = [name for group in groups for name in _INNER.findall(group)]
    return frozenset((*_FUNCTION.findall(source), *_NAMED.findall(source), *inner))
