"""What a change takes away from the product, and whether tests went or changed because of that."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jobs.checks import go_names
from jobs.checks.bodies import beside, body, names_of
from jobs.checks.changes import SourceChange
from jobs.checks.javascript.names import declared, words
from jobs.checks.layout import (
    is_product_code,
    is_product_go,
    is_product_javascript,
    is_product_python,
    is_python,
)
from jobs.checks.names import parsed, toplevel

_PARTS: Final = re.compile(r"\w+|[^\w\s]")
_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Removed:
    """Names that no changed product file defines any more, and modules that are elsewhere."""

    names: frozenset[str]
    moved: Mapping[str, str] = field(default_factory=dict)
    """Old name → new name of modules that moved, as imports spell them."""

    def used_by(self, path: str, source: str, test: str) -> str:
        """A removed name that a test needs, itself or by a function of its file; empty without any."""
        needs = _python_needs(source, test) if is_python(path) else _needs(path, source, test)
        return next(iter(sorted(needs & self.names)), "")

    def breaks(self, path: str, source: str) -> bool:
        """True when a file of tests, as it was, cannot be loaded or does not compile on the head."""
        if is_python(path):
            tree = parsed(source)
            return bool(tree and (mentioned(tree) & self.names or _imported(tree) & self.moved.keys()))
        return bool(words(source) & self.names) or any(f"/{one}" in source for one in self.moved)

    def alike(self, path: str, before: str, after: str, test: str) -> bool:
        """True when a test, and what its file holds besides tests, is the same but for such names."""
        old, new = body(path, before, test), body(path, after, test)
        return bool(old) and self._same(old, new) and self.follows(path, before, after)

    def follows(self, path: str, before: str, after: str) -> bool:
        """True when all that a file held besides tests and imports is still there, but for such names."""
        left = beside(path, after)
        return all(any(self._same(one, other) for other in left) for one in beside(path, before))

    def _same(self, before: str, after: str) -> bool:
        one, two = _PARTS.findall(self._renamed(before)), _PARTS.findall(after)
        pairs = zip(one, two, strict=False)
        return len(one) == len(two) and all(was == now or was in self.names for was, now in pairs)

    def _renamed(self, source: str) -> str:
        for name in sorted(self.moved, key=len, reverse=True):
            source = re.sub(rf"(?<![\w.]){re.escape(name)}\b", self.moved[name], source)
        return source


def removed_names(changes: Sequence[SourceChange]) -> Removed:
    """What the change takes away from product code; a name that moved between files is not removed."""
    old: set[str] = set()
    new: set[str] = set()
    for one in changes:
        before, after = one.text()
        path = one.file.old_path or one.path
        if is_product_python(one.path) or is_product_python(path):
            old |= toplevel(before)
            new |= toplevel(after)
            if one.after is None:
                old.add(_stem(one.path))
        elif is_product_javascript(one.path):
            old |= declared(before)
            new |= declared(after)
        elif is_product_go(one.path):
            old |= go_names.declared(before)
            new |= go_names.declared(after)
    return Removed(frozenset(old - new), dict(_moved(changes)))


def _moved(changes: Sequence[SourceChange]) -> Iterator[tuple[str, str]]:
    for one in changes:
        old = one.file.old_path
        if not old or one.after is None or old == one.path or not is_product_code(old):
            continue
        if _stem(old) != _stem(one.path):
            yield _stem(old), _stem(one.path)
        was, now = _dotted(old), _dotted(one.path)
        yield from ((".".join(was), ".".join(now)),) if was != now else ()
        if len(was) == len(now):
            yield from ((part, other) for part, other in zip(was, now, strict=True) if part != other)


def _stem(path: str) -> str:
    return path.split("/")[-1].partition(".")[0]


def _dotted(path: str) -> list[str]:
    parts = path.removeprefix("src/").rpartition(".")[0].split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts


def _needs(path: str, source: str, test: str) -> set[str] | frozenset[str]:
    own = words(body(path, source, test) or source)
    helpers = "\n".join(beside(path, source))
    return own | words(helpers) if own & (declared(helpers) | go_names.declared(helpers)) else own


def _python_needs(source: str, test: str) -> set[str]:
    """Names in a test, in what it uses of its module, and imports that it uses."""
    tree = parsed(source)
    nodes = list(ast.walk(tree)) if tree else []
    local = {name: node for node in (tree.body if tree else []) for name in _bound(node)}
    wanted = names_of(test)[-1]
    own = [node for node in nodes if isinstance(node, _FUNCTION) and node.name == wanted]
    found = {name for node in own for name in mentioned(node)}
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        if name in local and not name.startswith("test"):
            more = mentioned(local.pop(name)) - found
            found |= more
            waiting += more
    for node in nodes:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else []:
            if (alias.asname or alias.name.split(".")[0]) in found:
                module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
                found |= {*alias.name.split("."), *module.split(".")}
    return found


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= mentioned(node) | {one.name for one in names}
            case ast.ImportFrom(module=module):
                found |= mentioned(node) | {module or ""}
    return found


def mentioned(node: ast.AST) -> set[str]:
    """Names, attributes and modules in a piece of Python."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
            case ast.alias(name=name):
                found.update(name.split("."))
            case ast.ImportFrom(module=str(module)):
                found.update(module.split("."))
    return found
