"""Inputs at the edges of what a Python function takes, as expressions: from signature and literals."""

import ast
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

PER_FUNCTION: Final = 48
"""Calls of one function at the most."""

_NUMBERS: Final = ("0", "1", "-1", "2**31", "2**53 + 1", "10**20")
_TEXTS: Final = (
    *("''", "' '", "'a'", "'0'", "'-1'", "'Ab  c'", "'\\u00e9'", "'\\U0001f600'", "'a' * 10000"),
)
_BY_NAME: Final[dict[str, tuple[str, ...]]] = {
    "int": _NUMBERS,
    "float": ("0.0", "1.0", "-1.0", "1 / 3", "1e308", "float('inf')", "float('nan')"),
    "str": _TEXTS,
    "bytes": ("b''", "b'\\x00'", "b'a' * 10000"),
    "bool": ("True", "False"),
    "Decimal": ("Decimal(0)", "Decimal(1)", "Decimal(-1)", "Decimal('0.005')", "Decimal('1E+30')"),
    "date": ("date(2000, 2, 29)", "date(1970, 1, 1)", "date.max", "date.min"),
    "datetime": ("datetime(2000, 2, 29)", "datetime.max", "datetime.min"),
    "None": ("None",),
}
_MANY: Final = {
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection", "Iterator"), "[{}]"),
    **dict.fromkeys(("set", "Set", "frozenset"), "{{{}}}"),
    "tuple": "({},)",
}
_EMPTY: Final = {"[{}]": "[]", "{{{}}}": "set()", "({},)": "()"}
_UNKNOWN: Final = ("0", "1", "-1", "''", "'a'", "None", "[]", "{}")
_PLAIN: Final = ("'a'", "1", "1.0", "Decimal(1)", "True", "[0]", "date(2000, 2, 29)")
"""What a parameter holds while another one varies, where it has no default."""
_LONGEST: Final = 300
_CHOICES: Final = 28


Function = ast.FunctionDef | ast.AsyncFunctionDef
Parameter = tuple[ast.arg, bool, ast.expr | None]
"""What it is, whether it must be named, and its default."""


def calls(
    before: Function, after: Function, *, known: frozenset[str], beside: Sequence[ast.expr] = ()
) -> tuple[str, ...]:
    """Argument lists that both versions can be called with, such as `'', width=0`; none when there are none.

    `known` are names that the module imports: a parameter without annotation may well be a Decimal.
    `beside` are values at module level that differ and that the function uses.
    """
    names = _shared(before, after)
    if names is None:
        return ()
    near = _near(before, after, beside)
    choices = [tuple(dict.fromkeys(_values(one, near, known)))[:_CHOICES] for one in names]
    spelled = dict.fromkeys(_spelled(names, values) for values in _combined(choices, names) if values)
    return tuple(itertools.islice(spelled, PER_FUNCTION))


def _shared(before: Function, after: Function) -> list[Parameter] | None:
    """Parameters that must be given or exist on both sides; None when no call fits both."""
    old, new = _parameters(before), _parameters(after)
    if old is None or new is None:
        return None
    must = {one.arg for one, _, default in (*old, *new) if default is None}
    both = [one for one in new if one[0].arg in {other[0].arg for other in old}]
    if must - {one[0].arg for one in both}:
        return None
    return both


def _parameters(function: Function) -> list[Parameter] | None:
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    if plain and plain[0].arg in ("self", "cls"):
        plain = plain[1:]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    found = [(one, False, default) for one, default in zip(plain, [*defaults, *given.defaults], strict=False)]
    return found + [
        (one, True, default) for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]


def _combined(
    choices: Sequence[tuple[str, ...]], parameters: Sequence[Parameter]
) -> Iterator[tuple[str, ...]]:
    """Every combination while they are few, else each value beside the others' plainest."""
    if not choices:
        yield ()
        return
    total = 1
    for one in choices:
        total *= len(one)
    if total <= PER_FUNCTION:
        yield from itertools.product(*choices)
        return
    plain = [_plain(one, values) for one, values in zip(parameters, choices, strict=True)]
    for row in itertools.zip_longest(*choices):
        for at, value in enumerate(row):
            if value is not None:
                yield (*plain[:at], value, *plain[at + 1 :])


def _plain(parameter: Parameter, values: Sequence[str]) -> str:
    default = parameter[2]
    if default is not None and _simple(default):
        return ast.unparse(default)
    return next((value for value in _PLAIN if value in values), values[0])


def _values(parameter: Parameter, near: Sequence[ast.Constant], known: frozenset[str]) -> Iterator[str]:
    one, _, default = parameter
    if default is not None and _simple(default):
        yield ast.unparse(default)
    kinds = list(_kinds(one.annotation)) if one.annotation is not None else _guessed(default)
    for kind in kinds:
        yield from _of_kind(kind, near)
    if not kinds:
        yield from _loose(near, known)


def _loose(near: Sequence[ast.Constant], known: frozenset[str]) -> Iterator[str]:
    if "Decimal" in known:
        yield from _around("Decimal", near)
        yield from _BY_NAME["Decimal"]
    yield from _UNKNOWN
    yield from _around("int", near)
    yield from _around("str", near)
    yield "'é' * 300"
    if "Decimal" not in known:
        yield from ("[0, 1]", "0.5", "1e308")


def _guessed(default: ast.expr | None) -> list[str]:
    match default:
        case ast.Constant(value=value) if value is not None:
            return [type(value).__name__]
    return []


def _kinds(annotation: ast.expr) -> Iterator[str]:
    match annotation:
        case ast.Constant(value=None):
            yield "None"
        case ast.Constant(value=str() as text):
            yield from _kinds_of_text(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _kinds(left)
            yield from _kinds(right)
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=inner):
            yield from _kinds(inner)
            yield "None"
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
            yield from (f"{name}[{kind}]" for kind in _kinds(first))


def _kinds_of_text(text: str) -> Iterator[str]:
    try:
        yield from _kinds(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return


def _of_kind(kind: str, near: Sequence[ast.Constant]) -> Iterator[str]:
    outer, _, inner = kind.partition("[")
    if outer in _MANY:
        shape = _MANY[outer]
        yield _EMPTY[shape]
        elements = list(_of_kind(inner.rstrip("]") or "int", near))[:8] or ["0", "'a'"]
        yield from (shape.format(one) for one in elements)
        yield from (shape.format(", ".join(some)) for some in (elements[:3], elements[2::-1]))
        yield from (f"[{elements[0]}] * {count}" for count in _counts(near))
    elif outer in ("dict", "Mapping", "Dict", "object", "Any"):
        yield "{}"
    else:
        yield from _around(outer, near)
        yield from _BY_NAME.get(outer, ())


def _around(kind: str, near: Sequence[ast.Constant]) -> Iterator[str]:
    """Values just around the function's own literals, as that kind."""
    numbers = [one.value for one in near if isinstance(one.value, int | float) and one.value is not True]
    texts = [one.value for one in near if isinstance(one.value, str) and len(one.value) <= _LONGEST]
    match kind:
        case "int":
            whole = [int(one) for one in numbers if abs(one) < 10**12]
            yield from (str(number) for one in whole for number in (one, one - 1, one + 1))
        case "float":
            yield from (repr(float(number)) for one in numbers for number in (one, one - 0.01, one + 0.01))
        case "Decimal":
            edges = [f"Decimal('{one}')" for one in texts if one.replace(".", "", 1).lstrip("-").isdigit()]
            edges += [f"Decimal('{one}') + Decimal('0.01')" for one in numbers]
            yield from (
                *(f"Decimal('{one}')" for one in numbers),
                *edges,
                "Decimal('2.675')",
                "Decimal('-0.005')",
            )
        case "str":
            yield from (repr(text) for one in texts for text in dict.fromkeys((one, one.upper(), f" {one} ")))
            yield from (f"'a' * {count}" for count in _counts(near))
            yield from (repr(str(one)) for one in numbers)


def _counts(near: Sequence[ast.Constant]) -> list[int]:
    whole = [one.value for one in near if isinstance(one.value, int) and not isinstance(one.value, bool)]
    return list(
        dict.fromkeys(count for one in whole if 1 < one <= _LONGEST for count in (one - 1, one, one + 1))
    )


def _near(before: Function, after: Function, beside: Sequence[ast.expr]) -> list[ast.Constant]:
    """Literals of both versions, those that only one of them has first."""
    around = [found for one in beside for found in _constants(ast.walk(one))]
    old, new = _literals(before), [*around, *_literals(after)]
    one, other = {repr(item.value) for item in old}, {repr(item.value) for item in new}
    ranked = sorted((*new, *old), key=lambda item: repr(item.value) in one & other)
    unique = {repr(item.value): item for item in reversed(ranked)}
    return list(reversed(unique.values()))[:8]


def _literals(function: Function) -> list[ast.Constant]:
    body = [one for one in function.body if not _text(one)]
    given: list[ast.AST] = [*function.args.defaults, *(one for one in function.args.kw_defaults if one)]
    nodes: Iterable[ast.AST] = (node for one in (*given, *body) for node in ast.walk(one))
    return _constants(nodes)


def _constants(nodes: Iterable[ast.AST]) -> list[ast.Constant]:
    return [
        node
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str) and node.value != ""
    ]


def _text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _simple(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    )


def _spelled(parameters: list[Parameter], values: Sequence[str]) -> str:
    """Positional up to the first keyword-only parameter."""
    pairs = zip(parameters, values, strict=True)
    return ", ".join(f"{one.arg}={value}" if named else value for (one, named, _), value in pairs)
