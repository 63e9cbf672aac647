"""Names that JavaScript and TypeScript source declares."""

from typing import Final

from jobs.checks.javascript.tokens import TokenKind, tokens

_DECLARE: Final = frozenset({"function", "class", "const", "let", "var", "interface", "type", "enum"})


def declared(source: str) -> frozenset[str]:
    """Functions, classes, variables, methods and properties by name."""
    found = tokens(source)
    names: set[str] = set()
    for index, token in enumerate(found):
        if token.kind is not TokenKind.WORD:
            continue
        before = found[index - 1].text if index else ""
        after = found[index + 1].text if index + 1 < len(found) else ""
        exported = before == "." and after == "="
        if (
            before in _DECLARE
            or exported
            or (before in ("{", "}", ";", ",", "static", "async") and after in ("(", ":", ",", "}"))
        ):
            names.add(token.text)
    return frozenset(names)


def words(source: str) -> frozenset[str]:
    """Every name that is mentioned."""
    return frozenset(token.text for token in tokens(source) if token.kind is TokenKind.WORD)
