"""Rules on the assertions of existing tests: reached less often, swallowed, compared more loosely."""

import ast
from collections.abc import Callable, Iterator
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.integrity.tests import TestFunction, is_assertion, tests_of
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]
Counts = Callable[[ast.AST], bool]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_SWALLOWS: Final = frozenset({"Exception", "BaseException", "AssertionError"})
_LOOSE: Final = frozenset({"approx", "isclose", "round", "allclose"})
_LARGER_IS_LOOSER: Final = frozenset({"abs", "rel", "abs_tol", "rel_tol", "delta", "atol", "rtol"})


def thinned(ctx: CheckContext) -> Found:
    """Existing tests that check less than before, or reach their assertions in some cases only."""
    for one, was, now in _kept(ctx):
        before, after = weight(was.node), weight(now.node)
        sure, still = weight(was.node, sure=True), weight(now.node, sure=True)
        if after < before or still < sure:
            fewer, more = (after, before) if after < before else (still, sure)
            text = f"The test {now.name} checks less: {fewer} instead of {more} assertions for sure."
            yield True, Finding(rule="fewer-asserts", text=text, path=one.path, line=now.line)


def loosened(ctx: CheckContext) -> Found:
    """Existing tests whose comparisons accept more than before."""
    for one, was, now in _kept(ctx):
        strict = weight(now.node, counts=_strict) < weight(was.node, counts=_strict)
        if (strict and weight(now.node) >= weight(was.node)) or _tolerance(now.node) > _tolerance(was.node):
            text = f"The test {now.name} accepts more than before."
            yield True, Finding(rule="looser", text=text, path=one.path, line=now.line)


def swallowed(ctx: CheckContext) -> Found:
    """Assertions whose failure is caught."""
    for one in ctx.changes:
        old, new = tests_of(one)
        known = {test.name: test for test in old}
        for test in new:
            places = _swallowed(test.node)
            before = known.get(test.name)
            if len(places) > (len(_swallowed(before.node)) if before else 0):
                text = f"A failing assertion of {test.name} is caught here."
                yield (
                    before is not None,
                    Finding(rule="swallowed-assert", text=text, path=one.path, line=places[-1]),
                )


def replaced(ctx: CheckContext) -> Found:
    """A second test of the same name: only the later one is run."""
    for one in ctx.changes:
        old, new = tests_of(one)
        for test in {test.name: test for test in new}.values():
            twice = sum(other.name == test.name for other in new)
            if twice > max(1, sum(other.name == test.name for other in old)):
                text = f"There are {twice} tests with the name {test.name}; only the last one is run."
                yield True, Finding(rule="test-replaced", text=text, path=one.path, line=test.line)


RULES = (thinned, loosened, swallowed, replaced)
"""Every rule of this file."""


def weight(
    function: Function, *, sure: bool = False, counts: Callable[[ast.AST], bool] = is_assertion
) -> int:
    """How many assertions a test makes, parameters and loops over literals multiplied.

    `sure` leaves out what is reached under a condition, after a return, or where failures are caught.
    """
    times = 1
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Attribute(attr="parametrize"), args=[_, values, *_]):
                times *= _length(values)
    return times * _weighed(function.body, sure, counts)


def _weighed(body: list[ast.stmt], sure: bool, counts: Counts) -> int:
    total = 0
    for node in body:
        match node:
            case ast.If(body=then, orelse=other):
                total += 0 if sure else _weighed(then, sure, counts) + _weighed(other, sure, counts)
            case ast.For(iter=values, body=inner):
                total += _length(values) * _weighed(inner, sure, counts)
            case ast.With(items=items, body=inner) | ast.AsyncWith(items=items, body=inner):
                total += sum(counts(part) for item in items for part in ast.walk(item))
                total += 0 if sure and _suppresses(node) else _weighed(inner, sure, counts)
            case ast.Try(body=inner, orelse=other, finalbody=last):
                parts = [*other, *last] if sure and _catches(node) else [*inner, *other, *last]
                total += _weighed(parts, sure, counts)
            case _:
                total += sum(counts(part) for part in ast.walk(node))
                if sure and isinstance(node, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                    return total
    return total


def _length(values: ast.expr) -> int:
    listed = isinstance(values, (ast.List, ast.Tuple, ast.Set))
    return len(values.elts) if listed and isinstance(values, (ast.List, ast.Tuple, ast.Set)) else 1


def _kept(ctx: CheckContext) -> Iterator[tuple[SourceChange, TestFunction, TestFunction]]:
    for one in ctx.changes:
        old, new = tests_of(one)
        after = {test.name: test for test in new}
        yield from ((one, test, after[test.name]) for test in old if test.name in after)


def _strict(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=ast.Compare(ops=[ast.Eq() | ast.Is()]) as test):
            return not any(isinstance(part, ast.Call) and _called(part) in _LOOSE for part in ast.walk(test))
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("assertEqual", "assertIs") or (name.endswith("Equal") and "Not" not in name)
    return False


def _tolerance(node: ast.AST) -> float:
    found = [0.0]
    for call in ast.walk(node):
        for word in call.keywords if isinstance(call, ast.Call) else []:
            if word.arg in _LARGER_IS_LOOSER and isinstance(word.value, ast.Constant):
                value = word.value.value
                found.append(float(value) if isinstance(value, (int, float)) else 0.0)
            if word.arg == "places" and isinstance(word.value, ast.Constant):
                value = word.value.value
                found.append(10.0**-value if isinstance(value, int) else 0.0)
    return max(found)


def _swallowed(node: ast.AST) -> list[int]:
    found = []
    for inner in ast.walk(node):
        catches = isinstance(inner, ast.Try) and _catches(inner)
        if catches or (isinstance(inner, (ast.With, ast.AsyncWith)) and _suppresses(inner)):
            body = inner.body if isinstance(inner, (ast.Try, ast.With, ast.AsyncWith)) else []
            found += [part.lineno for one in body for part in ast.walk(one) if isinstance(part, ast.Assert)]
    return found


def _catches(node: ast.Try) -> bool:
    for handler in node.handlers:
        names = _names(handler.type) if handler.type else _SWALLOWS
        fails = any(
            isinstance(part, ast.Raise) or (isinstance(part, ast.Call) and _called(part) == "fail")
            for one in handler.body
            for part in ast.walk(one)
        )
        if names & _SWALLOWS and not fails:
            return True
    return False


def _suppresses(node: ast.With | ast.AsyncWith) -> bool:
    calls = [item.context_expr for item in node.items]
    return any(
        isinstance(call, ast.Call)
        and _called(call) == "suppress"
        and {name for given in call.args for name in _names(given)} & _SWALLOWS
        for call in calls
    )


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
