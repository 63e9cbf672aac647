"""Tokens of JavaScript and TypeScript source: enough to find operators, constants, calls and brackets."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_NUMBER: Final = r"0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?n?"
_STRING: Final = r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
_SIGN: Final = (
    r">>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|\+=|-=|"
    r"\*=|/=|%=|&=|\|=|\^=|<<|>>|\*\*|[{}()\[\];,<>+\-*/%&|^!~?:=.@#]"
)
_REGEX: Final = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_TOKEN: Final = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    rf"|(?P<number>{_NUMBER})|(?P<string>{_STRING})|(?P<word>[A-Za-z_$][\w$]*)|(?P<sign>{_SIGN})",
    re.DOTALL,
)
_BEFORE_VALUE: Final = frozenset(
    [
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "throw",
        "new",
        "instanceof",
        "await",
        "yield",
        "else",
        "do",
    ]
)


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    STRING = "string"
    TEMPLATE = "template"
    REGEX = "regex"
    WORD = "word"
    SIGN = "sign"


@dataclass(frozen=True)
class Token:
    """A piece of source that is neither space nor comment."""

    kind: TokenKind
    text: str
    start: int
    """Offset of its first character."""
    line: int
    """From 1."""

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.start + len(self.text)

    @property
    def ends_value(self) -> bool:
        """True when an operator that follows it is binary."""
        if self.kind is TokenKind.WORD:
            return self.text not in _BEFORE_VALUE
        return self.kind is not TokenKind.SIGN or self.text in (")", "]", "}")


def tokens(source: str) -> list[Token]:
    """All tokens; what cannot be read, such as text in JSX, is passed over character by character."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(source):
        kind, end = _next(source, at, found)
        text = source[at:end]
        if kind is not None:
            found.append(Token(kind, text, at, line))
        line += text.count("\n")
        at = end
    return found


def closing(found: list[Token], opening: int) -> int | None:
    """Index of the bracket that closes the one at an index."""
    depth = 0
    for index in range(opening, len(found)):
        if found[index].kind is TokenKind.SIGN:
            depth += (found[index].text in "([{") - (found[index].text in ")]}")
            if depth == 0:
                return index
    return None


def _next(source: str, at: int, found: list[Token]) -> tuple[TokenKind | None, int]:
    if source[at] == "`":
        return TokenKind.TEMPLATE, _template(source, at)
    if source[at] == "/" and source[at : at + 2] not in ("//", "/*") and not (found and found[-1].ends_value):
        match = _REGEX.match(source, at)
        if match:
            return TokenKind.REGEX, match.end()
    match = _TOKEN.match(source, at)
    if match is None:
        return None, at + 1
    kind = match.lastgroup
    return (None if kind in (None, "space") else TokenKind(kind)), match.end()


def _template(source: str, at: int) -> int:
    """Where a template literal ends; literals within its `${}` are part of it."""
    end = at + 1
    while end < len(source):
        if source[end] == "\\":
            end += 2
        elif source[end] == "`":
            return end + 1
        elif source.startswith("${", end):
            end = _hole(source, end + 2)
        else:
            end += 1
    return len(source)


def _hole(source: str, at: int) -> int:
    depth = 1
    while at < len(source) and depth:
        if source[at] == "`":
            at = _template(source, at)
            continue
        depth += (source[at] == "{") - (source[at] == "}")
        at += 1
    return at
