"""Rules on literals: product code that knows the very values that a test asks about."""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.layout import is_product_python, is_python, is_test
from jobs.checks.names import parsed
from jobs.domain.verdict import Finding

RULE: Final = "special-cased"
"""Name of the rule that caps a proof's strength at weak."""


def special_cased(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    """Added comparisons or tables in product code that hold a literal of the change's tests."""
    tested = {value for one in ctx.changes for value in _tested(one)}
    added = added_numbers(ctx.total.diff)
    for one in ctx.changes:
        if not is_product_python(one.path) or one.after is None:
            continue
        lines = added.get(one.path, frozenset())
        known = set(_compared(one.text()[0], None))
        for value, line in _places(one.text()[1], lines):
            if value in tested and value not in known:
                text = f"The value {value[1]!r:.60} of a test is built into the product code."
                yield False, Finding(rule=RULE, text=text, path=one.path, line=line)


RULES = (special_cased,)
"""Every rule of this file."""

Literal = tuple[str, object]


def _tested(one: SourceChange) -> Iterable[Literal]:
    if not is_python(one.path) or not is_test(one.path) or one.after is None:
        return []
    return _literals(parsed(one.text()[1]))


def _compared(source: str, lines: frozenset[int] | None) -> Iterator[Literal]:
    return (value for value, _ in _places(source, lines))


def _places(source: str, lines: frozenset[int] | None) -> Iterator[tuple[Literal, int]]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else []:
        if lines is not None and getattr(node, "lineno", 0) not in lines:
            continue
        match node:
            case ast.Compare(
                left=left, ops=[ast.Eq() | ast.In() | ast.NotEq()], comparators=others, lineno=line
            ):
                yield from ((value, line) for part in (left, *others) for value in _literals(part))
            case ast.Dict(keys=keys, lineno=line):
                yield from ((value, line) for key in keys for value in _literals(key))
            case ast.MatchValue(value=value, lineno=line):
                yield from ((found, line) for found in _literals(value))


def _literals(tree: ast.AST | None) -> Iterator[Literal]:
    for node in ast.walk(tree) if tree else []:
        if isinstance(node, ast.Constant) and _telling(node.value):
            yield type(node.value).__name__, node.value


def _telling(value: object) -> bool:
    if isinstance(value, bool) or value is None or value is Ellipsis:
        return False
    return value not in (0, 1, -1, "", "__main__", b"")
