"""Rules on test files: what was deleted, skipped, thinned out or turned around."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.layout import is_python, is_runner_settings, is_settings, is_test, is_test_module
from jobs.checks.names import parsed
from jobs.checks.removed import removed_names
from jobs.checks.turned import holds
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]
_SKIPS: Final = frozenset(
    {
        "skip",
        "skipif",
        "skipIf",
        "skipUnless",
        "xfail",
        "expectedFailure",
        "importorskip",
        "SkipTest",
        "skipTest",
    }
)


@dataclass(frozen=True)
class TestFunction:
    """One test as its syntax has it."""

    __test__ = False
    name: str
    line: int
    node: ast.FunctionDef | ast.AsyncFunctionDef
    asserts: int


def deleted(ctx: CheckContext) -> Found:
    """Tests that are gone: a moved one and one whose code is gone are told, any other blocks."""
    after = {test.name.split(".")[-1] for one in ctx.changes for test in tests_of(one)[1]}
    removed = removed_names(ctx.changes)
    for one in ctx.changes:
        old, new = tests_of(one)
        gone = [test for test in old if test.name not in {kept.name for kept in new}]
        thinner = _asserts(one.text()[1]) < _asserts(one.text()[0]) or len(new) < len(old)
        for test in gone:
            moved = test.name.split(".")[-1] in after
            because = removed.used_by(one.path, one.text()[0], f"::{test.name}")
            text = f"The test {test.name} is gone" + (f" with `{because}`." if because else ".")
            if not moved:
                yield thinner and not because, Finding(rule="test-deleted", text=text, path=one.path)


def skipped(ctx: CheckContext) -> Found:
    """Skips and expected failures put on tests."""
    for one in ctx.changes:
        before, after = one.text() if _applies(one) else ("", "")
        new = _skip_places(after)
        if len(new) > len(_skip_places(before)):
            existing = one.before is not None
            text = "A skip or an expected failure is added" + (" to existing tests." if existing else ".")
            yield existing, Finding(rule="test-skipped", text=text, path=one.path, line=new[-1])


def constant(ctx: CheckContext) -> Found:
    """Assertions that always hold."""
    for one in ctx.changes:
        old, new = tests_of(one)
        before = {test.name: test for test in old}
        for test in new:
            known = before.get(test.name)
            was = len(_always(known.node)) if known else 0
            places = _always(test.node)
            if len(places) > was:
                text = f"The test {test.name} asserts something that always holds."
                yield (
                    known is not None,
                    Finding(rule="assert-true", text=text, path=one.path, line=places[-1]),
                )


def empty(ctx: CheckContext) -> Found:
    """New tests without any assertion."""
    for one in ctx.changes:
        old, new = tests_of(one)
        known = {test.name for test in old}
        for test in new:
            if test.name not in known and not test.asserts and not _calls_own_helper(test.node):
                text = f"The test {test.name} asserts nothing."
                yield False, Finding(rule="no-assert", text=text, path=one.path, line=test.line)


def changed_expectation(ctx: CheckContext) -> Found:
    """Existing tests whose expected values differ now; the suite check runs the old version as well."""
    for one in ctx.changes:
        old, new = tests_of(one)
        before = {test.name: test for test in old}
        for test in new:
            was = before.get(test.name)
            if was is not None and _dump(was.node) != _dump(test.node):
                text = f"The existing test {test.name} is changed."
                yield False, Finding(rule="test-changed", text=text, path=one.path, line=test.line)


def settings(ctx: CheckContext) -> Found:
    """Changed test settings: verification uses those of the target base, the pipeline afterwards does not."""
    for one in ctx.changes:
        tuned = one.path.endswith("pyproject.toml") and "[tool.pytest" in "".join(one.text())
        if is_settings(one.path) and (
            tuned
            or is_runner_settings(one.path)
            or one.path.endswith((".py", ".ini", "setup.cfg", "pytest.toml", ".coveragerc"))
        ):
            text = f"{one.path} decides how tests run; verification used the target base's."
            yield False, Finding(rule="test-settings", text=text, path=one.path)


def mocked(ctx: CheckContext) -> Found:
    """New tests that replace parts of the product."""
    for one in ctx.changes:
        before, after = one.text() if _applies(one) else ("", "")
        places = _mocks(after)
        if len(places) > len(_mocks(before)):
            text = "Part of the program is replaced by a mock here."
            yield False, Finding(rule="mocked", text=text, path=one.path, line=places[-1])


RULES = (deleted, skipped, constant, empty, changed_expectation, settings, mocked)
"""Every rule of this file."""


def _applies(one: SourceChange) -> bool:
    return is_python(one.path) and (is_test(one.path) or is_settings(one.path))


def tests_of(one: SourceChange) -> tuple[list[TestFunction], list[TestFunction]]:
    """The tests in a file before and after; none where a test runner does not look for them."""
    if not _applies(one):
        return [], []
    before, after = one.text()
    was = is_test_module(one.file.old_path or one.path)
    added = one.before is None and not one.path.endswith("conftest.py")
    collected = is_test_module(one.path) or not (was or added)
    return list(_functions(before)), list(_functions(after)) if collected else []


def _functions(source: str) -> Iterator[TestFunction]:
    tree = parsed(source)
    for node in tree.body if tree else []:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name.startswith(
                    "test"
                ):
                    yield TestFunction(f"{node.name}.{inner.name}", inner.lineno, inner, _count(inner))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            yield TestFunction(node.name, node.lineno, node, _count(node))


def _asserts(source: str) -> int:
    tree = parsed(source)
    return _count(tree) if tree else 0


def _count(tree: ast.AST) -> int:
    return sum(is_assertion(node) for node in ast.walk(tree))


def is_assertion(node: ast.AST) -> bool:
    """True for assert statements and for calls that assert."""
    match node:
        case ast.Assert():
            return True
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name.startswith("assert") or name in ("raises", "warns", "fail", "approx_equal")
    return False


def _always(node: ast.AST) -> list[int]:
    return [inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Assert) and holds(inner.test)]


def _skip_places(source: str) -> list[int]:
    tree = parsed(source)
    found = []
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Attribute(attr=name, lineno=line) | ast.Name(id=name, lineno=line) if name in _SKIPS:
                found.append(line)
            case ast.Name(id="collect_ignore" | "collect_ignore_glob" | "__test__", lineno=line):
                found.append(line)
    return sorted(found)


def _mocks(source: str) -> list[int]:
    tree = parsed(source)
    found = []
    imported = _imported(tree) if tree else set()
    owners = {"mock", "monkeypatch", "mocker", "patch"} | (_mock_names(tree) if tree else set())
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Call(func=ast.Attribute(attr="patch" | "setattr" | "object" | "setitem", value=owner)):
                if set(ast.unparse(owner).split(".")) & owners:
                    found.append(owner.lineno)
            case ast.Call(func=ast.Name(id=name, lineno=line)) if name in owners:
                found.append(line)
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name)), *_], lineno=line):
                found += [line] if name in imported else []
    return sorted(found)


def _imported(tree: ast.Module) -> set[str]:
    names = [node.names for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {one.asname or one.name.split(".")[0] for group in names for one in group}


def _mock_names(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="unittest" | "unittest.mock" | "mock", names=names):
                mocks = node.module != "unittest"
                found.update(one.asname or one.name for one in names if mocks or one.name == "mock")
            case ast.Import(names=names):
                found.update(one.asname for one in names if one.name.endswith("mock") and one.asname)
    return found


def _calls_own_helper(node: ast.AST) -> bool:
    calls = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    names = [func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in calls]
    return any(word in name.lower() for name in names for word in ("check", "verify", "expect", "_test"))


def _dump(node: ast.AST) -> str:
    return ast.dump(node)
