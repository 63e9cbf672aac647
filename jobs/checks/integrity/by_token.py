"""Values of the tests that are built into JavaScript, TypeScript or Go, found by token."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.integrity.literals import RULE, Literal, input_like
from jobs.checks.javascript.tokens import Token, TokenKind, tokens
from jobs.checks.layout import is_go, is_javascript, is_product_go, is_product_javascript, is_test
from jobs.domain.verdict import Finding

_EQUAL: Final = frozenset({"===", "==", "!==", "!="})
_CALLED: Final = frozenset(
    {"includes", "has", "get", "test", "match", "is", "startsWith", "endsWith", "indexOf"}
    | {"HasPrefix", "HasSuffix", "EqualFold", "Contains", "Equal", "Index"}
)
_ASKS: Final = _EQUAL | _CALLED | {"case", "?"}
_PLAIN: Final = frozenset({("number", 0.0), ("number", 1.0), ("str", ""), ("str", "use strict")})
_ARGUMENTS: Final = 4
_NEAR: Final = 14
"""Tokens after a condition in which its answer stands."""


def special_cased(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    """Added lines of product code that ask for a literal of the change's tests."""
    for found in _built_in(ctx):
        text = f"The value {found.token.text[:60]} of a test is built into the product code."
        yield False, Finding(rule=RULE, text=text, path=found.path, line=found.token.line)


def inputs(ctx: CheckContext) -> tuple[str, ...]:
    """Literals built into product code that look like a test's own input, and that the spec does not name."""
    spec = ctx.spec
    said = " ".join((spec.title, spec.goal, *(one.text for one in spec.criteria)))
    return tuple(
        found.token.text[:60]
        for found in _built_in(ctx)
        if found.asked and (found.answered or input_like(found.value)) and _bare(found.token) not in said
    )


RULES = (special_cased,)
"""Every rule of this file."""


@dataclass(frozen=True)
class _BuiltIn:
    path: str
    token: Token
    value: Literal
    asked: bool
    """True when it is what the code compares with, not only near a comparison."""
    answered: bool
    """True when another value of the tests is given for it."""


def _built_in(ctx: CheckContext) -> Iterator[_BuiltIn]:
    tests = [one for one in ctx.changes if is_test(one.path) and (is_javascript(one.path) or is_go(one.path))]
    tested = frozenset(
        value for one in tests for token in tokens(one.text()[1]) if (value := _value(token)) is not None
    )
    added = added_numbers(ctx.total.diff)
    for one in ctx.changes:
        if is_product_javascript(one.path) or is_product_go(one.path):
            yield from _in_file(one, tested, added.get(one.path, frozenset()))


def _in_file(one: SourceChange, tested: frozenset[Literal], lines: frozenset[int]) -> Iterator[_BuiltIn]:
    before, after = map(tokens, one.text())
    known = {_value(before[index]) for index in _places(before)}
    for index in _places(after):
        value = _value(after[index])
        if value in tested and value not in known and after[index].line in lines:
            assert value is not None
            yield _BuiltIn(
                path=one.path,
                token=after[index],
                value=value,
                asked=_asked(after, index),
                answered=_answered(after, index, tested),
            )


def _places(found: list[Token]) -> Iterator[int]:
    """Literals on lines that compare or look up, and those that are keys."""
    lines = {token.line for token in found if token.text in _ASKS}
    for index, token in enumerate(found):
        key = index + 1 < len(found) and found[index + 1].text == ":"
        if _value(token) is not None and (key or token.line in lines):
            yield index


def _asked(found: list[Token], index: int) -> bool:
    signed = index > 0 and found[index - 1].text == "-"
    first = index - 1 if signed else index
    before = found[first - 1].text if first else ""
    after = found[index + 1].text if index + 1 < len(found) else ""
    key = after == ":" and before in ("{", ",")
    return bool(_EQUAL & {before, after}) or before == "case" or key or _called_with(found, first)


def _called_with(found: list[Token], index: int) -> bool:
    """True for one of the first arguments of a function that compares or looks up."""
    near = range(max(1, index - _ARGUMENTS), index)
    return any(found[at].text == "(" and found[at - 1].text in _CALLED for at in near)


def _answered(found: list[Token], index: int, tested: frozenset[Literal]) -> bool:
    for at in range(index + 1, min(index + _NEAR, len(found) - 1)):
        if found[at].text in ("return", "?", ":"):
            given = at + 2 if found[at + 1].text == "-" else at + 1
            whole = [one.text for one in found[given + 1 : given + 2]]
            ends = whole in ([], [";"], ["}"], [","], [":"], [")"]) or found[given + 1].line > found[at].line
            if given < len(found) and ends and _value(found[given]) in tested:
                return True
    return False


def _value(token: Token) -> Literal | None:
    """What a literal stands for, however it is written; None for any other token and for plain ones."""
    value: Literal | None = None
    if token.kind is TokenKind.NUMBER:
        try:
            value = "number", float(token.text.replace("_", "").rstrip("n"))
        except ValueError:
            value = "number", token.text
    elif token.kind is TokenKind.STRING or (token.kind is TokenKind.TEMPLATE and "${" not in token.text):
        value = "str", _bare(token)
    return None if value in _PLAIN else value


def _bare(token: Token) -> str:
    return token.text if token.kind is TokenKind.NUMBER else token.text[1:-1]
