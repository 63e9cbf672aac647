"""The public names of a Python module, from its syntax; nothing is imported."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jobs.checks.names import parsed

_ROUTES: Final = frozenset(
    {"route", "get", "post", "put", "patch", "delete", "websocket", "api_route", "add_url_rule"}
)
_OPTIONS: Final = frozenset({"add_argument", "option", "argument", "add_option"})


@dataclass(frozen=True)
class Public:
    """One thing that people outside may use."""

    kind: str
    """function, class, option or endpoint."""
    name: str
    """As people spell it: Parser.read, --verbose, /users/{id}."""
    line: int
    """Where it stands, from 1."""
    shape: str = ""
    """Its signature, so that a change of it is seen."""
    words: str = ""
    """Its docstring."""


def public(source: str) -> dict[str, Public]:
    """Public functions, classes and methods, command-line options and endpoints, by name."""
    tree = parsed(source)
    try:
        found = [*_defined(tree.body, "", _exported(tree)), *_called(tree)] if tree else []
    except RecursionError:
        return {}
    return {f"{one.kind} {one.name}": one for one in found}


def exported(source: str) -> frozenset[str]:
    """What `__all__` names; empty without one."""
    tree = parsed(source)
    return frozenset((_exported(tree) if tree else None) or ())


def _exported(tree: ast.Module) -> frozenset[str] | None:
    for node in tree.body:
        match node:
            case (
                ast.Assign(
                    targets=[ast.Name(id="__all__")], value=ast.List(elts=names) | ast.Tuple(elts=names)
                )
                | ast.AnnAssign(
                    target=ast.Name(id="__all__"), value=ast.List(elts=names) | ast.Tuple(elts=names)
                )
            ):
                return frozenset(str(one.value) for one in names if isinstance(one, ast.Constant))
    return None


def _defined(body: list[ast.stmt], prefix: str, only: frozenset[str] | None) -> Iterator[Public]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_") or (only is not None and node.name not in only):
            continue
        name, words = f"{prefix}{node.name}", ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef):
            yield Public("class", name, node.lineno, ", ".join(map(ast.unparse, node.bases)), words)
            yield from _defined(node.body, f"{name}.", None)
        else:
            yield Public("function", name, node.lineno, ast.unparse(node.args), words)


def _called(tree: ast.Module) -> Iterator[Public]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if called in _OPTIONS:
            for text in texts:
                if re.fullmatch(r"--[A-Za-z][\w-]*(/--[A-Za-z][\w-]*)?", text):
                    yield Public("option", text, node.lineno)
        elif (
            called in _ROUTES
            and texts[:1]
            and texts[0].startswith("/")
            and isinstance(node.func, ast.Attribute)
        ):
            yield Public("endpoint", texts[0], node.lineno, called)
