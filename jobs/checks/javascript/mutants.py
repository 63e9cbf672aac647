"""Small faults in changed JavaScript and TypeScript lines, token by token."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from jobs.checks.javascript.tokens import Token, TokenKind, closing, tokens
from jobs.checks.mutants import MAX_MUTANTS, Mutant, in_turn

_COMPARE: Final = {
    "===": "!==",
    "!==": "===",
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
_ARITHMETIC: Final = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*"}
_LOGIC: Final = {"&&": "||", "||": "&&", "??": "&&"}
_ASSIGN: Final = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="}
_TEXT: Final = (TokenKind.STRING, TokenKind.TEMPLATE)
_MODULES: Final = frozenset({"import", "export", "from", "require"})

Fault = tuple[int, int, str]
"""First offset, offset after the last, new text."""


def mutants_of(path: str, source: str, lines: frozenset[int], *, limit: int = MAX_MUTANTS) -> list[Mutant]:
    """Mutants of a file on some of its lines, at most `limit`: each holds the whole file."""
    found = tokens(source)
    faults = [
        (token.line, (token.line, fault))
        for index, token in enumerate(found)
        if token.line in lines
        for fault in _faults(source, found, index)
    ]
    mutants: dict[str, Mutant] = {}
    for line, (start, end, new) in islice(in_turn(faults), limit):
        text = source[:start] + new + source[end:]
        shown = " ".join(source[start:end].split())[:60]
        mutants.setdefault(text, Mutant(path=path, line=line, text=f"`{shown}` → `{new[:60]}`", source=text))
    return list(mutants.values())


def _faults(source: str, found: list[Token], index: int) -> Iterator[Fault]:
    token = found[index]
    before = found[index - 1] if index else None
    after = found[index + 1] if index + 1 < len(found) else None
    match token.kind:
        case TokenKind.SIGN:
            yield from _operator(source, token, before, after)
        case TokenKind.NUMBER if _plain(token.text):
            yield (
                token.start,
                token.end,
                str(int(token.text) + 1) if token.text.isdigit() else f"({token.text} + 1)",
            )
        case TokenKind.STRING if not _names_module(found, index) and not _is_key(before, after):
            yield token.end - 1, token.end, "~" + token.text[-1]
        case TokenKind.WORD:
            yield from _word(source, found, index)


def _operator(source: str, token: Token, before: Token | None, after: Token | None) -> Iterator[Fault]:
    if token.text == "!" and after is not None and not (before and before.ends_value):
        yield token.start, token.end, ""
    if before is None or after is None or not before.ends_value:
        return
    new = _COMPARE.get(token.text) or _LOGIC.get(token.text) or _ASSIGN.get(token.text)
    if token.text in ("<", ">") and not _spaced(source, token):
        return
    if token.text in _ARITHMETIC and not (before.kind in _TEXT or after.kind in _TEXT):
        new = _ARITHMETIC[token.text] if _spaced(source, token) else None
    if new:
        yield token.start, token.end, new


def _word(source: str, found: list[Token], index: int) -> Iterator[Fault]:
    token = found[index]
    if index and found[index - 1].text in (".", "?."):
        return
    if token.text in ("true", "false"):
        yield token.start, token.end, "false" if token.text == "true" else "true"
    elif token.text in ("if", "while") and index + 1 < len(found) and found[index + 1].text == "(":
        end = closing(found, index + 1)
        if end is not None:
            start, last = found[index + 1].start, found[end].end
            yield start, last, f"(!{source[start:last]})"
    elif token.text == "return":
        value = _value(found, index)
        if value is not None and not (value[0] is value[1] and value[0].text in ("undefined", "null")):
            yield value[0].start, value[1].end, "undefined"


def _value(found: list[Token], index: int) -> tuple[Token, Token] | None:
    """First and last token of what is returned."""
    at, last = index + 1, None
    while at < len(found) and found[at].text not in (";", "}"):
        if last is None and found[at].line != found[index].line:
            return None
        if (
            last is not None
            and found[at].line != last.line
            and last.ends_value
            and found[at].kind is not TokenKind.SIGN
        ):
            break
        end = closing(found, at) if found[at].text in ("(", "[", "{") else at
        if end is None:
            return None
        last = found[end]
        at = end + 1
    return (found[index + 1], last) if last else None


def _plain(text: str) -> bool:
    return not text.endswith("n") and text[:2].lower() not in ("0x", "0b", "0o") and "_" not in text


def _names_module(found: list[Token], index: int) -> bool:
    """True for the address in an import or require."""
    line = found[index].line
    return any(one.line == line and one.text in _MODULES for one in found[max(0, index - 12) : index])


def _is_key(before: Token | None, after: Token | None) -> bool:
    return after is not None and after.text == ":" and before is not None and before.text in ("{", ",")


def _spaced(source: str, token: Token) -> bool:
    return source[token.start - 1 : token.start].isspace() and source[token.end : token.end + 1].isspace()
