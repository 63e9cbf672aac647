"""Names that a change defines or takes away, from the syntax of both sides."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from jobs.checks.changes import SourceChange
from jobs.checks.layout import is_product_python


def parsed(source: str) -> ast.Module | None:
    """The syntax tree, or None for a file that is not valid Python, or nested too deeply to be read."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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
    return frozenset(new - {""})


@dataclass(frozen=True)
class Removed:
    """Names that no changed product file defines any more."""

    names: frozenset[str]

    def used_by(self, source: str, test: str) -> str:
        """A removed name that a test, or the head of its module, mentions; empty when there is none."""
        tree = parsed(source)
        if tree is None:
            return ""
        wanted = test.partition("[")[0].replace("::", ".").split(".")[-1]
        for node in ast.walk(tree):
            imports = isinstance(node, (ast.Import, ast.ImportFrom))
            own = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == wanted
            if imports or own:
                found = sorted(_mentioned(node) & self.names)
                if found:
                    return found[0]
        return ""


def removed_names(changes: Iterable[SourceChange]) -> Removed:
    """What the change takes away from product code; a name that moved between files is not removed."""
    old: set[str] = set()
    new: set[str] = set()
    for one in changes:
        if is_product_python(one.path) or (one.file.old_path and is_product_python(one.file.old_path)):
            before, after = one.text()
            old |= _toplevel(before)
            new |= _toplevel(after)
            if one.after is None:
                old.add(one.path.removesuffix(".py").split("/")[-1])
    return Removed(frozenset(old - new))


def _toplevel(source: str) -> set[str]:
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


def _mentioned(node: ast.AST) -> set[str]:
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name):
                found.add(name)
            case ast.Attribute(attr=name):
                found.add(name)
            case ast.alias(name=name):
                found.update(name.split("."))
            case ast.ImportFrom(module=str(module)):
                found.update(module.split("."))
    return found
