"""Rules on what product code hides or replaces: encoded comparisons, foreign functions, joined names."""

import ast
import re
import sys
from collections.abc import Iterator
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.integrity.product import UNDER_TEST
from jobs.checks.layout import is_product_python, is_settings
from jobs.checks.names import parsed
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]

HIDDEN: Final = "hidden-comparison"
"""Name of the rule for comparisons that nobody can read."""
_ENCODES_WORDS: Final = (
    "hash md5 sha1 sha224 sha256 sha384 sha512 blake2b blake2s crc32 adler32 hexdigest digest hex fromhex "
    "hexlify unhexlify b64decode b64encode b32decode b32encode b16decode b85decode a85decode "
)
_ENCODES: Final = frozenset(_ENCODES_WORDS.split())
_MAY_REPLACE: Final = frozenset(
    {"sys", "logging", "warnings", "socket", "threading", "locale", "signal", "os"}
)
_GUARDED: Final = (sys.stdlib_module_names | {"pytest", "_pytest", "pluggy"}) - _MAY_REPLACE
_THRESHOLD: Final = re.compile(r"\bfail[_-]under\s*[=:]?\s*[\"']?(\d+(?:\.\d+)?)")
_STRICT: Final = re.compile(r"(?m)^\s*(?:strict|disallow_untyped_defs|check_untyped_defs)\s*=\s*[Tt]rue")


def hidden_comparison(ctx: CheckContext) -> Found:
    """Added conditions that compare a hash or an encoded form with a constant."""
    added = added_numbers(ctx.total.diff)
    for one in ctx.changes:
        tree = parsed(one.text()[1]) if is_product_python(one.path) else None
        lines = added.get(one.path, frozenset())
        for node in ast.walk(tree) if tree else []:
            test = node.test if isinstance(node, (ast.If, ast.IfExp)) else node
            asks = isinstance(node, (ast.If, ast.IfExp, ast.Compare))
            if asks and getattr(node, "lineno", 0) in lines and _encoded(test):
                text = "A hash or an encoded value is compared with a constant: nobody can read it."
                yield (
                    False,
                    Finding(rule=HIDDEN, text=text, path=one.path, line=getattr(node, "lineno", None)),
                )
                break


def spelled_out(ctx: CheckContext) -> Found:
    """Names of the test run that are put together from parts."""
    for one in ctx.changes:
        if is_product_python(one.path) and one.after is not None:
            before, after = (list(_joined(text)) for text in one.text())
            hits = [line for text, line in after if UNDER_TEST.search(f"'{text}'")]
            known = [line for text, line in before if UNDER_TEST.search(f"'{text}'")]
            if len(hits) > len(known):
                text = "A name of the test run is put together from parts."
                yield True, Finding(rule="knows-of-tests", text=text, path=one.path, line=hits[-1])


def imports_tests(ctx: CheckContext) -> Found:
    """Product code that takes something from the tests: they are not there where it is delivered."""
    for one in ctx.changes:
        if is_product_python(one.path) and one.after is not None:
            before, after = (dict(_from_tests(text)) for text in one.text())
            for name in sorted(after.keys() - before.keys()):
                text = f"Product code imports {name}, which is a test's."
                yield True, Finding(rule="imports-tests", text=text, path=one.path, line=after[name])


def patches(ctx: CheckContext) -> Found:
    """Product code that puts its own functions in the place of the language's or the test runner's."""
    for one in ctx.changes:
        if is_product_python(one.path) and one.after is not None:
            before, after = (list(_replacements(text)) for text in one.text())
            if len(after) > len(before):
                name, line = after[-1]
                text = f"`{name}` is replaced for the whole process."
                yield True, Finding(rule="patches", text=text, path=one.path, line=line)


def threshold(ctx: CheckContext) -> Found:
    """Settings that ask for less than before."""
    for one in ctx.changes:
        if is_settings(one.path) or one.path.endswith(("mypy.ini", ".toml")):
            before, after = one.text()
            was, now = ([float(found) for found in _THRESHOLD.findall(text)] for text in (before, after))
            lower = bool(was) and (not now or min(now) < min(was))
            if lower or len(_STRICT.findall(after)) < len(_STRICT.findall(before)):
                text = "A threshold or a strict setting of a check is lowered."
                yield True, Finding(rule="threshold", text=text, path=one.path)


RULES = (hidden_comparison, spelled_out, imports_tests, patches, threshold)
"""Every rule of this file."""


def folded(node: ast.expr) -> object:
    """The value of an expression of constants, None when it is none."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            number = folded(inner)
            return -number if isinstance(number, (int, float)) else None
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(folded(left), op, folded(right))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(glue)), attr="join"), args=[given]):
            parts = [folded(one) for one in given.elts] if isinstance(given, (ast.List, ast.Tuple)) else []
            return glue.join(str(part) for part in parts) if parts and None not in parts else None
        case ast.Subscript(value=inner, slice=ast.Slice(lower=None, upper=None, step=ast.UnaryOp())):
            text = folded(inner)
            return text[::-1] if isinstance(text, str) else None
    return None


def _combined(left: object, op: ast.operator, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right if isinstance(op, ast.Add) else None
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return None
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right if right else None
    return None


def _joined(source: str) -> Iterator[tuple[str, int]]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else []:
        if isinstance(node, (ast.BinOp, ast.Call, ast.Subscript)):
            value = folded(node)
            if isinstance(value, str):
                yield value, node.lineno


def _from_tests(source: str) -> Iterator[tuple[str, int]]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.ImportFrom(module=str(module), level=0, lineno=line):
                names = [module]
            case ast.Import(names=aliases, lineno=line):
                names = [one.name for one in aliases]
            case _:
                continue
        yield from ((name, line) for name in names if name.partition(".")[0] in ("tests", "test", "conftest"))


def _encoded(test: ast.AST) -> bool:
    inner = list(ast.walk(test))
    called = {
        one.func.id if isinstance(one.func, ast.Name) else getattr(one.func, "attr", "")
        for one in inner
        if isinstance(one, ast.Call)
    }
    constants = [one.value for one in inner if isinstance(one, ast.Constant)]
    told = any(isinstance(one, (str, bytes)) or (isinstance(one, int) and abs(one) > 1) for one in constants)
    return bool(called & _ENCODES) and told


def _replacements(source: str) -> Iterator[tuple[str, int]]:
    tree = parsed(source)
    modules: dict[str, str] = {}
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Import(names=names):
                modules |= {one.asname or one.name.split(".")[0]: one.name for one in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                modules |= {one.asname or one.name: module for one in names}
    guarded = {name for name, module in modules.items() if module.split(".")[0] in _GUARDED}
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Assign(targets=targets, lineno=line):
                for target in targets:
                    if isinstance(target, ast.Attribute) and ast.unparse(target).split(".")[0] in guarded:
                        yield ast.unparse(target), line
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, name, *_], lineno=line):
                if ast.unparse(owner).split(".")[0] in guarded:
                    yield f"{ast.unparse(owner)}.{folded(name)}", line
