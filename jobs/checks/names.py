"""Names that a change defines or takes away, from the syntax of both sides."""

import ast
from collections.abc import Iterable
from functools import lru_cache

from jobs.checks import go_names
from jobs.checks.changes import SourceChange
from jobs.checks.javascript.names import declared
from jobs.checks.layout import is_product_go, is_product_javascript, is_product_python, is_settings, is_test
from jobs.checks.syntax import UNREADABLE, tree


def parsed(source: str) -> ast.Module | None:
    """The syntax tree, or None for a file that is not valid Python, or nested too deeply to be read.

    It is shared by all who read the same file: nobody changes it.
    """
    try:
        return _parsed(source)
    except UNREADABLE:
        return None


# every rule reads both sides of every file; a tree is large, so only few are kept
@lru_cache(maxsize=8)
def _parsed(source: str) -> ast.Module:
    return tree(source)


def defined(source: str) -> frozenset[str]:
    """Functions, classes, methods, parameters and assigned names of a module."""
    tree = parsed(source)
    return frozenset(name for node in ast.walk(tree) for name in _names(node)) if tree else frozenset()


def defined_by(changes: Iterable[SourceChange]) -> frozenset[str]:
    """Names, and modules, that the head's product code has and the target base's does not."""
    new: set[str] = set()
    for one in changes:
        if is_product_python(one.path):
            before, after = one.text()
            new |= defined(after) - defined(before)
            if one.before is None:
                parts = one.path.removesuffix(".py").removesuffix("/__init__").split("/")
                new.update((parts[-1], ".".join(parts), ".".join(parts[1:])))
        elif is_product_javascript(one.path):
            before, after = one.text()
            new |= declared(after) - declared(before)
            if one.before is None:
                new.update((one.path, one.path.rpartition(".")[0]))
        elif is_product_go(one.path):
            before, after = one.text()
            new |= go_names.declared(after) - go_names.declared(before)
    return frozenset(new - {""})


def same_program(changes: Iterable[SourceChange]) -> bool:
    """True when product code is touched, but only in comments, docstrings and layout; nothing else is."""
    delivered = [one for one in changes if not (is_test(one.path) or is_settings(one.path))]
    return bool(delivered) and all(
        is_product_python(one.path) and _bare(one.text()[0]) == _bare(one.text()[1]) for one in delivered
    )


def adds_unused(changes: Iterable[SourceChange]) -> bool:
    """True when the change only adds names at module level that no changed Python file uses."""
    delivered = [one for one in changes if not (is_test(one.path) or is_settings(one.path))]
    added: set[str] = set()
    used: set[str] = set()
    for one in delivered:
        before, after = parsed(one.text()[0]), parsed(one.text()[1])
        if not is_product_python(one.path) or before is None or after is None:
            return False
        known = {ast.dump(node) for node in before.body}
        new = [node for node in after.body if ast.dump(node) not in known]
        names = {name for node in new for name in _names(node)}
        if len(after.body) != len(before.body) + len(new) or not all(map(_names, new)):
            return False
        if any(name.startswith("__") for name in names) or names & toplevel(one.text()[0]):
            return False
        added |= names
        used |= {part.id for part in ast.walk(after) if isinstance(part, ast.Name) and _reads(part)}
        used |= {part.attr for part in ast.walk(after) if isinstance(part, ast.Attribute)}
    return bool(added) and not added & used


def _reads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _bare(source: str) -> str:
    """The program without its docstrings."""
    own = tree(source) if parsed(source) is not None else None  # one of its own: it is changed
    for node in ast.walk(own) if own else []:
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            texts = [
                one for one in node.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            ]
            node.body = [one for one in node.body if one not in texts]
    return ast.dump(own) if own else source


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def toplevel(source: str) -> set[str]:
    """What a module defines, and its classes' members."""
    tree = parsed(source)
    found: set[str] = set()
    for node in tree.body if tree else []:
        found.update(_names(node))
        if isinstance(node, ast.ClassDef):
            found.update(name for inner in node.body for name in _names(inner))
    return found


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.arg(arg=name):
            return [name]
        case ast.Assign(targets=targets):
            return [name for target in targets for name in _target(target)]
        case ast.AnnAssign(target=target):
            return _target(target)
    return []


def _target(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(attr=name):
            return [name]
        case ast.Tuple(elts=elements):
            return [name for element in elements for name in _target(element)]
    return []
