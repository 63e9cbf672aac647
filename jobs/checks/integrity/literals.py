"""Rules on literals: product code that knows the very values that a test asks about."""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.integrity.hidden import folded
from jobs.checks.layout import is_product_python, is_python, is_test
from jobs.checks.names import parsed
from jobs.domain.verdict import Finding

RULE: Final = "special-cased"
"""Name of the rule that caps a proof's strength at weak."""

Literal = tuple[str, object]
"""Its kind, `number` or the name of its type, and the value."""

_SMALL: Final = 10
_NAME: Final = 12


def special_cased(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    """Added comparisons or tables in product code that hold a literal of the change's or the named tests."""
    for one, value, line, _ in _built_in(ctx):
        text = f"The value {value[1]!r:.60} of a test is built into the product code."
        yield False, Finding(rule=RULE, text=text, path=one.path, line=line)


def inputs(ctx: CheckContext) -> tuple[str, ...]:
    """Literals built into product code that look like a test's own input, and that the spec does not name."""
    spec = ctx.spec
    said = " ".join((spec.title, spec.goal, *(one.text for one in spec.criteria)))
    return tuple(
        repr(value[1])[:60]
        for _, value, _, answers in _built_in(ctx)
        if (answers or input_like(value)) and str(value[1]) not in said
    )


def input_like(value: Literal) -> bool:
    """True for what is rather an example than a name or a small number."""
    kind, held = value
    if kind == "number" and isinstance(held, float):
        return abs(held) >= _SMALL or held != int(held)
    text = str(held)
    return len(text) > _NAME or any(letter.isdigit() or letter.isspace() for letter in text)


RULES = (special_cased,)
"""Every rule of this file."""


def _built_in(ctx: CheckContext) -> Iterator[tuple[SourceChange, Literal, int, bool]]:
    """Change, literal, line, and whether a constant is given for it."""
    tested = {value for one in ctx.changes for value in _tested(one)}
    added = added_numbers(ctx.total.diff)
    for one in ctx.changes:
        if is_product_python(one.path) and one.after is not None:
            lines = added.get(one.path, frozenset())
            known = {value for value, _, _ in _places(one.text()[0], None, tested)}
            for value, line, answers in _places(one.text()[1], lines, tested):
                if value in tested and value not in known:
                    yield one, value, line, answers


def _tested(one: SourceChange) -> Iterable[Literal]:
    if not is_python(one.path) or not is_test(one.path) or one.after is None:
        return []
    return _literals(parsed(one.text()[1]))


def _places(
    source: str, lines: frozenset[int] | None, tested: set[Literal]
) -> Iterator[tuple[Literal, int, bool]]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else []:
        line = getattr(node, "lineno", 0)
        if lines is not None and line not in lines:
            continue
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                parts = [value for part in (left, *others) for value in _literals(part)]
                equal = isinstance(ops[0], (ast.Eq, ast.In, ast.NotEq, ast.Is)) or len(set(parts)) < len(
                    parts
                )
                yield from ((value, line, False) for value in parts if equal)
            case ast.If(test=test, body=[ast.Return(value=ast.expr() as given), *_]) if not _varies(given):
                known = any(value in tested for value in _literals(given))
                yield from ((value, line, known) for value in _literals(test))
                if _looks_into(test):
                    yield from ((value, line, True) for value in _literals(given) if value[0] == "number")
            case ast.Dict(keys=keys):
                yield from ((value, line, False) for key in keys for value in _literals(key))
            case ast.MatchValue(value=value):
                yield from ((found, line, False) for found in _literals(value))
            case ast.Call(func=ast.Attribute(attr=attr) | ast.Name(id=attr), args=given) if attr in _ASKS:
                yield from ((value, line, False) for one in given for value in _literals(one))


_ASKS: Final = ("endswith", "startswith", "__eq__", "eq", "match", "fullmatch", "index", "find", "count")
_LETTERS: Final = frozenset({*_ASKS, "len", "isdigit", "isalpha", "search"})


def _looks_into(test: ast.expr) -> bool:
    """True for a condition on single letters of a text, or on its length."""
    calls = [part.func for part in ast.walk(test) if isinstance(part, ast.Call)]
    called = {getattr(one, "attr", getattr(one, "id", "")) for one in calls}
    return bool(called & _LETTERS) or any(isinstance(part, ast.Subscript) for part in ast.walk(test))


def _varies(given: ast.expr) -> bool:
    names = {part.id for part in ast.walk(given) if isinstance(part, ast.Name)}
    called = {
        part.func.id
        for part in ast.walk(given)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }
    return bool(names - called)


def _literals(tree: ast.AST | None) -> Iterator[Literal]:
    """Every telling constant, numbers and their texts alike, arithmetic and joined texts worked out."""
    for node in ast.walk(tree) if tree else []:
        value = folded(node) if isinstance(node, ast.expr) else None
        if _telling(value):
            yield _same(value)


def _same(value: object) -> Literal:
    try:
        return "number", float(str(value))
    except ValueError:
        return type(value).__name__, value


def _telling(value: object) -> bool:
    if isinstance(value, bool) or value is None or value is Ellipsis:
        return False
    return value not in (0, 1, -1, "", "__main__", b"")
