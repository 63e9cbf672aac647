"""Small faults put into changed Python lines, one at a time; tests that notice none of them show nothing."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Final, TypeVar

from jobs.checks import syntax

Item = TypeVar("Item")

MAX_MUTANTS: Final = 20
"""Mutants tried per change."""

_COMPARE: Final = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_ARITHMETIC: Final = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.LShift: ">>",
    ast.RShift: "<<",
}


@dataclass(frozen=True)
class Mutant:
    """A file with one fault in it."""

    path: str
    """File, from the repository's root."""
    line: int
    """Line of the fault, from 1."""
    text: str
    """What was changed, for the reviewer."""
    source: str
    """The whole file with the fault."""


def mutants_of(path: str, source: str, lines: frozenset[int]) -> list[Mutant]:
    """Mutants of a file on some of its lines, each valid Python, as many as are ever tried of one change.

    Nothing for a file that is no Python. Each one is parsed: of a large file not all can be made.
    """
    try:
        tree = syntax.tree(source)
    except syntax.UNREADABLE:
        return []
    rows = source.encode().splitlines(keepends=True)
    skipped = _not_code(tree)
    faults = [
        (getattr(node, "lineno", 0), fault)
        for node in ast.walk(tree)
        if getattr(node, "lineno", 0) in lines and id(node) not in skipped
        for fault in _faults(node)
    ]
    found: dict[str, Mutant] = {}
    spans = _outermost(tree)
    for target, new in in_turn(faults):
        mutant = _with(path, rows, target, new, around=spans[target[0]])
        if mutant is not None and mutant.source != source:
            found.setdefault(mutant.source, mutant)
        if len(found) >= MAX_MUTANTS:
            break
    return list(found.values())


def spread(mutants: list[Mutant], limit: int = MAX_MUTANTS) -> tuple[Mutant, ...]:
    """At most `limit` of them, taken in turn from each line."""
    return tuple(islice(in_turn([((one.path, one.line), one) for one in mutants]), limit))


def in_turn(items: Iterable[tuple[object, Item]]) -> Iterator[Item]:
    """The first item of each key, then the second of each, and so on."""
    by_key: dict[object, list[Item]] = {}
    for key, item in items:
        by_key.setdefault(key, []).append(item)
    for row in zip_longest(*by_key.values()):
        yield from (item for item in row if item is not None)


def statements(source: str) -> tuple[tuple[int, int], ...]:
    """First and last line of every simple statement, and of the head of every compound one."""
    try:
        tree = syntax.tree(source)
    except syntax.UNREADABLE:
        return ()
    spans = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
            spans.append((node.lineno, max(node.lineno, last)))
    return tuple(spans)


def executed(source: str, ran: frozenset[int]) -> frozenset[int]:
    """Lines of statements of which some line ran."""
    covered: set[int] = set(ran)
    for first, last in statements(source):
        if any(line in ran for line in range(first, last + 1)):
            covered.update(range(first, last + 1))
    return frozenset(covered)


Place = tuple[int, int, int, int]
"""First line, first byte, last line, byte after the last."""


def _faults(node: ast.AST) -> Iterator[tuple[Place, str]]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            yield _between(left, right), f" {_COMPARE[type(op)]} "
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC and not _text(left, right):
            yield _between(left, right), f" {_ARITHMETIC[type(op)]} "
        case ast.BoolOp(op=op, values=[first, second]):
            yield _between(first, second), " or " if isinstance(op, ast.And) else " and "
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _place(node), f"({ast.unparse(operand)})"
        case ast.Constant():
            yield from _constants(node)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield _place(test), f"(not ({ast.unparse(test)}))"
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield _place(value), "None"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            yield _place(node), "pass"
        case ast.Assign(value=value) if not isinstance(value, ast.Constant):
            yield _place(value), "None"
        case ast.Break():
            yield _place(node), "continue"
        case ast.Continue():
            yield _place(node), "break"


def _constants(node: ast.Constant) -> Iterator[tuple[Place, str]]:
    value = node.value
    if isinstance(value, bool):
        yield _place(node), str(not value)
    elif isinstance(value, (int, float)):
        yield _place(node), repr(value + 1)
    elif isinstance(value, str):
        yield _place(node), repr(value + "~") if value else repr("~")
    elif isinstance(value, bytes):
        yield _place(node), repr(value + b"~")


def _not_code(tree: ast.AST) -> frozenset[int]:
    """Docstrings, annotations and parts of f-strings: changing them shows nothing."""
    out: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        match node:
            case ast.Expr(value=ast.Constant() as text):
                parts = [text]
            case ast.JoinedStr(values=values):
                parts = list(values)
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=annotation):
                parts = [annotation]
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
                parts = [returns]
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                parts = [node]
        out.update(id(inner) for part in parts if part is not None for inner in ast.walk(part))
    return frozenset(out)


def _text(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.JoinedStr) or isinstance(_value(node), str) for node in nodes)


def _value(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _place(node: ast.expr | ast.stmt) -> Place:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _between(left: ast.expr, right: ast.expr) -> Place:
    return left.end_lineno or 0, left.end_col_offset or 0, right.lineno, right.col_offset


def _with(path: str, rows: list[bytes], place: Place, new: str, *, around: tuple[int, int]) -> Mutant | None:
    """The file with one place of it replaced; None when the statement `around` it is no Python any more."""
    first, start, last, end = place
    left, right = rows[first - 1][:start], rows[last - 1][end:]
    old = b"".join(rows[first - 1 : last])[start : -len(right) or None].decode(errors="replace")
    closing = old[: len(old) - len(old.lstrip(") \t"))] if old.lstrip().startswith(")") else ""
    opening = old[len(old.rstrip("( \t\n")) :] if old.rstrip().endswith("(") else ""
    changed = left + f"{closing}{new}{opening}".encode() + right
    try:
        # the statement alone: parsing a large file once per fault takes minutes
        syntax.tree(b"".join((*rows[around[0] - 1 : first - 1], changed, *rows[last : around[1]])))
    except syntax.UNREADABLE:
        return None
    source = b"".join((*rows[: first - 1], changed, *rows[last:])).decode(errors="replace")
    shown = " ".join(old.split())[:60]
    return Mutant(path=path, line=first, text=f"`{shown}` → `{new.strip()[:60]}`", source=source)


def _outermost(tree: ast.Module) -> dict[int, tuple[int, int]]:
    """First and last line of the outermost statement that each line belongs to."""
    found: dict[int, tuple[int, int]] = {}
    for node in tree.body:
        decorators = getattr(node, "decorator_list", [])
        first = min(one.lineno for one in (node, *decorators))
        last = node.end_lineno or node.lineno
        known = found.get(first, (first, first))  # statements may share a line
        span = (known[0], max(last, known[1]))
        found |= dict.fromkeys(range(span[0], span[1] + 1), span)
    return found
