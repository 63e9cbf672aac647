"""Tests by name with their source, in Python, JavaScript, TypeScript and Go."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from jobs.checks.javascript.tokens import Token, TokenKind, closing, tokens
from jobs.checks.layout import is_go, is_javascript, is_python
from jobs.checks.names import parsed

_GO: Final = re.compile(r"(?ms)^func ((?:Test|Example|Fuzz)\w*)\(.*?^\}")
_CALLS: Final = frozenset({"test", "it"})


def body(path: str, source: str, test: str) -> str:
    """The source of one test by its id, without comments in Python; empty when it is not there."""
    if is_python(path):
        wanted = names_of(test)[-1]
        return next((ast.unparse(one) for one in _functions(source) if one.name == wanted), "")
    inner = test.split("::")[1:]
    return bodies(path, source).get(inner[0] if is_go(path) else inner[-1], "") if inner else ""


def bodies(path: str, source: str) -> dict[str, str]:
    """Every test of a file that is no Python: name or title, and its source."""
    if is_go(path):
        return {match[1]: match[0] for match in _GO.finditer(source)}
    return dict(_titled(source)) if is_javascript(path) else {}


def beside(path: str, source: str) -> list[str]:
    """What a file holds besides its tests and imports: statements in Python, without comments; else lines."""
    if is_python(path):
        tree = parsed(source)
        return [ast.unparse(one) for one in (tree.body if tree else []) if not _left_out(one)]
    for text in bodies(path, source).values():
        source = source.replace(text, "")
    plain = re.sub(r"(?ms)^import\b(?:\s*\(.*?^\)|[^\n]*)", "", source)
    return [line for line in plain.splitlines() if line.strip()]


def names_of(test: str) -> tuple[str, ...]:
    """Class and name of a Python test, out of its id: what follows the file, without parameters."""
    plain = test.partition("[")[0]
    return tuple(plain.split("::")[1:]) or (plain.rpartition(".")[2],)


def _functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else []:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _left_out(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test") or any(map(_left_out, node.body))
    named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    return named or isinstance(node, ast.Import | ast.ImportFrom)


def _titled(source: str) -> Iterator[tuple[str, str]]:
    found = tokens(source)
    for at, token in enumerate(found[:-2]):
        title = found[at + 2]
        if token.text in _CALLS and found[at + 1].text == "(" and _is_title(title):
            end = closing(found, at + 1)
            if end is not None:
                yield title.text[1:-1], source[token.start : found[end].end]


def _is_title(token: Token) -> bool:
    return token.kind in (TokenKind.STRING, TokenKind.TEMPLATE)
