"""Which Python functions a change touches and that can be called without consequences."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jobs.checks.boundary_values import Function, calls
from jobs.checks.changes import SourceChange
from jobs.checks.layout import is_product_python
from jobs.checks.names import parsed

MOST: Final = 12
"""Functions looked at in one change."""

_REACHING_WORDS: Final = (
    "os sys subprocess shutil socket open input exit quit exec eval compile Path pathlib requests urllib "
    "http httpx aiohttp asyncio threading multiprocessing sqlite3 redis print logging logger log random "
    "secrets uuid uuid4 time now today utcnow sleep getenv environ tempfile globals setattr write_text "
    "write_bytes "
)
_REACHING: Final = frozenset(_REACHING_WORDS.split())
"""Names that stand for the world outside: what uses one is not called with made-up input."""


@dataclass(frozen=True)
class Callable:
    """One function on both sides."""

    path: str
    """The file after the change."""
    lines: range
    """Its lines there, from 1."""
    name: str
    """As it is reached from its module: parse, Reader.split."""
    modules: tuple[str, str]
    """How its module is imported on the target base and on the head."""
    calls: tuple[str, ...]
    """Argument lists."""


def callables(changes: tuple[SourceChange, ...]) -> tuple[Callable, ...]:
    """The functions that differ between both sides, or use something at module level that does."""
    found = [one for change in changes if _both(change) for one in _of(change)]
    return tuple(found[:MOST])


def _both(change: SourceChange) -> bool:
    return is_product_python(change.path) and change.before is not None and change.after is not None


def _of(change: SourceChange) -> Iterator[Callable]:
    trees = tuple(map(parsed, change.text()))
    if trees[0] is None or trees[1] is None:
        return
    old, new = dict(_functions(trees[0])), dict(_functions(trees[1]))
    moved = _moved(trees[0], trees[1])
    known = frozenset(alias.asname or alias.name for node in ast.walk(trees[1]) for alias in _aliases(node))
    modules = (_module(change.file.old_path or change.path), _module(change.path))
    for name, after in new.items():
        before = old.get(name)
        if before is None or not (_differ(before, after) or _names(after) & moved):
            continue
        if isinstance(after, ast.AsyncFunctionDef) or (_names(before) | _names(after)) & _REACHING:
            continue
        beside = [value for one in trees for value in _values_of(one, moved & _names(after))]
        if asked := calls(before, after, known=known, beside=beside):
            lines = range(after.lineno, (after.end_lineno or after.lineno) + 1)
            yield Callable(change.path, lines, name, modules, asked)


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and _free(inner):
                    yield f"{node.name}.{inner.name}", inner


def _free(function: Function) -> bool:
    """True for methods that need no object."""
    return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list)


def _moved(before: ast.Module, after: ast.Module) -> frozenset[str]:
    """Names at module level that mean something else now."""
    old, new = _meanings(before), _meanings(after)
    return frozenset(name for name in old.keys() & new.keys() if old[name] != new[name])


def _meanings(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                found[name] = _bare(node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = ast.dump(node)
    return found


def _values_of(tree: ast.Module | None, names: frozenset[str]) -> Iterator[ast.expr]:
    for node in tree.body if tree else []:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name in names:
                yield value


def _differ(before: Function, after: Function) -> bool:
    return _bare(before) != _bare(after)


def _bare(function: Function) -> str:
    body = [
        one
        for one in function.body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]
    return ast.dump(function.args) + "".join(ast.dump(one) for one in body)


def _names(function: Function) -> frozenset[str]:
    found = set()
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
    return frozenset(found)


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def _module(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
