"""Names that a change defines or takes away, from the syntax of both sides."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from jobs.checks import go_names
from jobs.checks.changes import SourceChange
from jobs.checks.javascript.names import declared, words
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


@dataclass(frozen=True)
class Removed:
    """Names that no changed product file defines any more; JavaScript's imports name what they need."""

    names: frozenset[str]
    moved: Mapping[str, str] = field(default_factory=dict)
    """Old name → new name of modules that moved."""

    def used_by(self, source: str, test: str) -> str:
        """A removed name that a test, or the head of its module, mentions; empty when there is none."""
        tree = parsed(source)
        if tree is None:
            return next(iter(sorted(words(source) & self.names)), "")
        wanted = test.partition("[")[0].replace("::", ".").split(".")[-1]
        for node in ast.walk(tree):
            imports = isinstance(node, (ast.Import, ast.ImportFrom))
            own = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == wanted
            if imports or own:
                found = sorted(_mentioned(node) & self.names)
                if found:
                    return found[0]
        return ""

    def follows(self, before: str, after: str, test: str) -> bool:
        """True when a test is the same on both sides but for the names of modules that moved."""
        old, new = _body(before, test), _body(after, test)
        if parsed(before) is None:  # JavaScript: nothing else of the file may be another one
            old, new = before, after
        for name, other in self.moved.items():
            old = re.sub(rf"\b{re.escape(name)}\b", other, old)
        return bool(self.moved) and bool(old) and old == new


def removed_names(changes: Sequence[SourceChange]) -> Removed:
    """What the change takes away from product code; a name that moved between files is not removed."""
    old: set[str] = set()
    new: set[str] = set()
    for one in changes:
        if is_product_python(one.path) or (one.file.old_path and is_product_python(one.file.old_path)):
            before, after = one.text()
            old |= _toplevel(before)
            new |= _toplevel(after)
            if one.after is None:
                old.add(_stem(one.path))
        elif is_product_javascript(one.path):
            before, after = one.text()
            old |= declared(before)
            new |= declared(after)
    moved = {
        _stem(one.file.old_path): _stem(one.path)
        for one in changes
        if one.file.old_path and one.after is not None and _is_product(one.file.old_path)
    }
    return Removed(frozenset(old - new), {name: other for name, other in moved.items() if name != other})


def _stem(path: str) -> str:
    return path.split("/")[-1].partition(".")[0]


def _is_product(path: str) -> bool:
    return is_product_python(path) or is_product_javascript(path)


def _body(source: str, test: str) -> str:
    tree = parsed(source)
    wanted = test.partition("[")[0].replace("::", ".").split(".")[-1]
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)] if tree else []
    return "\n".join(ast.unparse(one) for one in functions if one.name == wanted)


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
