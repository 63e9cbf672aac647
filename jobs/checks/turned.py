"""A test with an assertion turned around must fail where the test passes; else it checks nothing.

It catches results that are forged for certain tests only, assertions that are swallowed and ones that are
never reached: none of these needs to be recognised by how it is written.
"""

import ast

from jobs.checks.mutants import Mutant
from jobs.checks.names import parsed


def turned(path: str, source: str, names: tuple[str, ...]) -> Mutant | None:
    """The file with the first plain assertion of a test turned around; None when it has none.

    `names` are the test's class and function, or its function alone. Assertions in branches and loops are
    left alone, as they need not be reached.
    """
    tree = parsed(source)
    function = _find(tree.body, names) if tree else None
    for statement in function.body if function else []:
        new = _opposite(statement)
        if new is not None:
            return Mutant(path=path, line=statement.lineno, text=new, source=_with(source, statement, new))
    return None


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
        case ast.Assert(test=test):
            return f"assert not ({ast.unparse(test)})"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) as call):
            if name.startswith("assert") and name not in ("assertRaises", "assertWarns", "assertLogs"):
                given = [*(ast.unparse(one) for one in call.args)]
                given += [f"{one.arg}={ast.unparse(one.value)}" for one in call.keywords if one.arg]
                return f"self.assertRaises(AssertionError, {', '.join((f'self.{name}', *given))})"
    return None


def _with(source: str, statement: ast.stmt, new: str) -> str:
    rows = source.encode().splitlines(keepends=True)
    last = statement.end_lineno or statement.lineno
    before = b"".join(rows[: statement.lineno - 1]) + rows[statement.lineno - 1][: statement.col_offset]
    after = rows[last - 1][statement.end_col_offset or 0 :] + b"".join(rows[last:])
    return (before + new.encode() + after).decode("utf-8", "replace")
