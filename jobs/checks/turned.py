"""A test with an assertion turned around must fail where the test passes; else it checks nothing.

It catches results that are forged for certain tests only, assertions that are swallowed and ones that are
never reached: none of these needs to be recognised by how it is written.
"""

import ast
import string
from collections.abc import Iterator
from typing import Final

from jobs.checks.mutants import Mutant
from jobs.checks.names import parsed

_ABLE_WORDS: Final = (
    "sys os gc ctypes inspect importlib builtins types threading multiprocessing signal atexit weakref "
    "pathlib pickle marshal code codeop runpy subprocess exec eval compile globals locals vars getattr "
    "setattr open unittest pytest traceback mmap cffi asyncio concurrent "
)
_ABLE: Final = frozenset(_ABLE_WORDS.split())
_ORDINARY: Final = frozenset({"__name__", "__file__", "__doc__", "__all__", "__future__", "__version__"})


def turned(path: str, source: str, names: tuple[str, ...]) -> Mutant | None:
    """The file with the first telling assertion of a test turned around; None when it has none.

    `names` are the test's class and function, or its function alone. Assertions in branches and loops are
    left alone, as they need not be reached; those that hold whatever the program does are, too.
    """
    tree = parsed(source)
    function = _find(tree.body, names) if tree else None
    for statement in _reached(function.body if function else []):
        new = _opposite(statement)
        if new is not None:
            return Mutant(path=path, line=statement.lineno, text=new, source=_with(source, statement, new))
    return None


def _reached(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, (ast.With, ast.AsyncWith, ast.Try)):
            yield from _reached(node.body)
        else:
            yield node


def able(source: str) -> bool:
    """True for code that could reach the test run: by names, by the interpreter, by files or by threads."""
    tree = parsed(source)
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Import(names=names):
                words = {part for one in names for part in one.name.split(".")}
            case ast.ImportFrom(module=module, names=names):
                words = {*(module or "").split("."), *(one.name for one in names)}
            case ast.Name(id=name) | ast.Attribute(attr=name):
                words = {name}
            case _:
                continue
        if words & _ABLE or any(one.startswith("__") and one not in _ORDINARY for one in words):
            return True
    return False


def _find(body: list[ast.stmt], names: tuple[str, ...]) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for node in body:
        match node:
            case ast.ClassDef(name=name) if len(names) > 1 and name == names[0]:
                return _find(node.body, names[1:])
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if names == (name,):
                return node
    return None


def _opposite(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assert(test=test) if not holds(test):
            return f"assert {_denied(test)}"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) as call):
            if name.startswith("assert") and name not in ("assertRaises", "assertWarns", "assertLogs"):
                given = [*(ast.unparse(one) for one in call.args)]
                given += [f"{one.arg}={ast.unparse(one.value)}" for one in call.keywords if one.arg]
                return f"self.assertRaises(AssertionError, {', '.join((f'self.{name}', *given))})"
    return None


def _denied(test: ast.expr) -> str:
    """What does not hold where the assertion does, but holds for results that equal anything, or too much."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            doubts = [f"got == {wrong}" for wrong in _wrong(right)]
            doubts += [f"{wrong} == wanted" for wrong in _wrong(left)]
            doubts += ["got == object()", "object() == wanted"]
            # each side is worked out once: the next call may well give another value
            asked = f"lambda got, wanted: not (got == wanted) or {' or '.join(doubts)}"
            return f"({asked})({ast.unparse(left)}, {ast.unparse(right)})"
    return f"not ({ast.unparse(test)})"


def _wrong(expected: ast.expr) -> list[str]:
    """The expected value, a little and quite different; nothing where it is no constant."""
    if not isinstance(expected, ast.Constant) or isinstance(expected.value, bool):
        return []
    match expected.value:
        case int() | float() as number:
            return [repr(number + 1), repr(number * 3 + 7)]
        case str() as text if text:
            return [repr(text[:-1] + _next(text[-1])), repr("".join(map(_next, text)))]
    return []


def _next(letter: str) -> str:
    for letters in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if letter in letters:
            return letters[(letters.index(letter) + 1) % len(letters)]
    return letter


def holds(test: ast.expr) -> bool:
    """True for what is true whatever the program does."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return ast.dump(left) == ast.dump(right)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(holds(value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=value)):
            return not value
        case ast.Tuple(elts=elements):
            return bool(elements)
    return False


def _with(source: str, statement: ast.stmt, new: str) -> str:
    rows = source.encode().splitlines(keepends=True)
    last = statement.end_lineno or statement.lineno
    before = b"".join(rows[: statement.lineno - 1]) + rows[statement.lineno - 1][: statement.col_offset]
    after = rows[last - 1][statement.end_col_offset or 0 :] + b"".join(rows[last:])
    return (before + new.encode() + after).decode("utf-8", "replace")
