"""Rules on product code: reaching into the test run, or behaving differently under test."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.checks.layout import is_product_python, is_python, is_test
from jobs.checks.names import parsed
from jobs.domain.patch import ChangeStatus
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]

REACHES: Final = "reaches-into-run"
"""Name of the rules that cap a proof's strength at weak."""
_RUNNERS: Final = frozenset({"pytest", "_pytest", "pluggy", "unittest", "nose", "doctest", "xdist"})
_SHADOWED: Final = (
    sys.stdlib_module_names | _RUNNERS | {"iniconfig", "packaging", "coverage", "pygments", "py"}
)
_CALLER: Final = "looks at who is calling"
_REACHES: Final = {
    "os._exit": "ends the process before the tests are reported",
    "atexit.register": "runs code after the tests have ended",
    "sys.settrace": "watches the test run",
    "sys.setprofile": "watches the test run",
    "sys.monitoring": "watches the test run",
    "gc.get_objects": "looks for objects of the test run",
    "gc.get_referrers": "looks for objects of the test run",
    "sys.meta_path": "changes what an import gives",
    "sys.path_hooks": "changes what an import gives",
    "inspect.stack": _CALLER,
    "inspect.getsource": "reads source code while running",
    "sys._getframe": _CALLER,
    "inspect.currentframe": _CALLER,
    "faulthandler.dump_traceback_later": "ends the process",
    "builtins.__import__": "changes what an import gives",
    "sys.modules": "reaches every loaded module, the test runner's too",
    "ctypes.pythonapi": "reaches into the interpreter",
    "os.fork": "splits the test run",
    "signal.setitimer": "interrupts the test run",
}
_BLOCKS: Final = frozenset(
    {"os._exit", "gc.get_objects", "gc.get_referrers", "sys.settrace", "sys.setprofile", "sys.monitoring",
     "sys.meta_path", "sys.path_hooks", "builtins.__import__"}
)  # fmt: skip
UNDER_TEST: Final = re.compile(
    r"PYTEST_CURRENT_TEST|PYTEST_VERSION|PYTEST_ADDOPTS|PYTHONHASHSEED|RECORDER_|junit|pytest_\w+|"
    r"sys\.argv\[0\].*test|[\"']pytest[\"']|[\"']_pytest|[\"']unittest[\"']\s+in\s+sys\.modules|\bconftest\b|"
    r"/proc/self\b|[\"']/code[\"'/]|(?:environ|getenv)\W.*[\"'](?:(?:IS|IN|UNDER)_)?(?:TEST(?:ING|S)?|CI)[\"']"
)
"""Words by which a program can tell that it is being tested."""
_MARKS: Final = re.compile(r"pragma:\s*no\s*(?:cover|mutate|branch)")
_IGNORES: Final = re.compile(
    r"#\s*(?:noqa|flake8:\s*noqa|type:\s*ignore|nosec|pylint:\s*disable|ruff:\s*noqa|mypy:\s*ignore)"
)
_UNREACHED: Final = re.compile(r"TYPE_CHECKING|__main__|NotImplemented\w*|\.\.\.|assert_never|abstract")
_WHOLE_FILE: Final = re.compile(
    r"#\s*(?:ruff|flake8):\s*noqa\s*$|#\s*mypy:\s*ignore-errors|pylint:\s*(?:skip-file|disable=all)"
)
_ENTRY: Final = re.compile(r"pytest11|pytest_plugins|\[tool\.pytest|console_scripts.*pytest")


def shadows(ctx: CheckContext) -> Found:
    """New modules that take the place of the interpreter's or the test runner's own."""
    for one in ctx.changes:
        parts = PurePosixPath(one.path).parts
        roots = parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts
        name = roots[0].removesuffix(".py")
        if is_test(one.path) and PurePosixPath(one.path).stem in _SHADOWED:
            roots, name = (parts[-1],), PurePosixPath(one.path).stem
        new = one.file.status in (ChangeStatus.ADDED, ChangeStatus.RENAMED)
        if new and is_python(one.path) and name in _SHADOWED and (len(roots) > 1 or roots[0].endswith(".py")):
            if len(roots) > 1 and name in ("test", "tests"):
                continue
            text = f"{one.path} takes the place of the module {name} when tests run."
            yield True, Finding(rule="shadows", text=text, path=one.path)


def imports_runner(ctx: CheckContext) -> Found:
    """Product code that imports a test runner."""
    for one in _product(ctx):
        before, after = one.text()
        new = _imported(after) - _imported(before)
        for name in sorted(new & _RUNNERS):
            blocking = name != "doctest"
            text = f"Product code imports {name}."
            yield blocking, Finding(rule="imports-runner", text=text, path=one.path)


def reaches_into_run(ctx: CheckContext) -> Found:
    """Product code that can change how a test run ends, or see that it is one."""
    for one in _product(ctx):
        was, now = map(_uses, one.text())
        for name, what in _REACHES.items():
            places = now.get(name, ())
            if len(places) > len(was.get(name, ())):
                text = f"`{name}` {what}."
                yield (
                    name in _BLOCKS,
                    Finding(rule=REACHES, text=text, path=one.path, line=places[-1]),
                )


def asks_who_calls(ctx: CheckContext) -> Found:
    """Those of `reaches_into_run` by which a program can answer a test differently."""
    return (pair for pair in reaches_into_run(ctx) if pair[1].text.endswith(f"{_CALLER}."))


def runs_text(ctx: CheckContext) -> Found:
    """Product code that runs text as code, which no rule here can read."""
    for one in _product(ctx):
        before, after = one.text()
        places = _text_runs(after)
        if len(places) > len(_text_runs(before)):
            text = "Text is run as code here, or names are looked up by text."
            yield False, Finding(rule=REACHES, text=text, path=one.path, line=places[-1])


def knows_of_tests(ctx: CheckContext) -> Found:
    """Product code with a branch for being tested."""
    for line in added_lines(ctx.patch.diff):
        if is_product_python(line.path) and UNDER_TEST.search(line.text):
            text = "Product code asks whether it is being tested."
            yield True, Finding(rule="knows-of-tests", text=text, path=line.path, line=line.number)


def plugin_entry(ctx: CheckContext) -> Found:
    """Entry points and settings that load code into the test runner."""
    for line in added_lines(ctx.patch.diff):
        if line.path.endswith((".toml", ".cfg", ".ini", ".py", ".txt")) and _ENTRY.search(line.text):
            blocking = "pytest11" in line.text or "pytest_plugins" in line.text
            text = "Loads code into the test runner or changes its settings."
            yield blocking, Finding(rule="plugin-entry", text=text, path=line.path, line=line.number)


def silenced(ctx: CheckContext) -> Found:
    """Marks that take lines out of coverage, mutation or lint."""
    for line in added_lines(ctx.patch.diff):
        if is_python(line.path) and (_MARKS.search(line.text) or _IGNORES.search(line.text)):
            text = "A mark takes this line out of a check."
            product = is_product_python(line.path)
            marked = product and _MARKS.search(line.text) and not _UNREACHED.search(line.text)
            yield (
                bool(marked or _WHOLE_FILE.search(line.text)),
                Finding(rule="silenced", text=text, path=line.path, line=line.number),
            )


def swallows(ctx: CheckContext) -> Found:
    """New handlers that catch everything."""
    for one in _product(ctx):
        before, after = one.text()
        places = _broad(after)
        if len(places) > len(_broad(before)):
            text = "Catches every exception."
            yield False, Finding(rule="broad-except", text=text, path=one.path, line=places[-1])


def always_equal(ctx: CheckContext) -> Found:
    """Objects that are equal to everything."""
    for one in _product(ctx):
        before, after = one.text()
        places = _yes_men(after)
        if len(places) > len(_yes_men(before)):
            text = "This object says that it equals anything."
            yield True, Finding(rule="always-equal", text=text, path=one.path, line=places[-1])


RULES = (
    shadows,
    imports_runner,
    reaches_into_run,
    runs_text,
    knows_of_tests,
    plugin_entry,
    silenced,
    swallows,
    always_equal,
)
"""Every rule of this file."""


def _product(ctx: CheckContext) -> Iterator[SourceChange]:
    return (one for one in ctx.changes if is_product_python(one.path) and one.after is not None)


def _imported(source: str) -> set[str]:
    tree = parsed(source)
    found: set[str] = set()
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Import(names=names):
                found.update(alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.split(".")[0])
            case ast.Call(
                func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), args=[first, *_]
            ):
                if isinstance(first, ast.Constant):
                    found.add(str(first.value).split(".")[0])
    return found


@lru_cache(maxsize=64)
def _uses(source: str) -> Mapping[str, tuple[int, ...]]:
    """Lines of each dotted name of `_REACHES` that a file uses."""
    tree = parsed(source)
    found: dict[str, tuple[int, ...]] = {}
    for node in ast.walk(tree) if tree else []:
        for name, line in _dotted(node):
            if name in _REACHES:
                found[name] = (*found.get(name, ()), line)
    return found


def _dotted(node: ast.AST) -> Iterator[tuple[str, int]]:
    match node:
        case ast.Attribute(attr=attr, value=ast.Name(id=owner), lineno=line):
            yield f"{owner}.{attr}", line
        case ast.ImportFrom(module=str(owner), names=names, lineno=line):
            yield from ((f"{owner}.{alias.name}", line) for alias in names)
        case ast.Call(
            func=ast.Name(id="getattr"),
            args=[ast.Name(id=owner), ast.Constant(value=str(attr)), *_],
            lineno=line,
        ):
            yield f"{owner}.{attr}", line


def _text_runs(source: str) -> list[int]:
    tree = parsed(source)
    found = []
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.Call(func=ast.Name(id="exec" | "eval" | "compile" | "globals"), lineno=line):
                found.append(line)
            case ast.Attribute(
                attr="__dict__" | "__subclasses__" | "__globals__" | "__builtins__", lineno=line
            ):
                found.append(line)
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), lineno=line):
                found.append(line)
    return found


def _broad(source: str) -> list[int]:
    tree = parsed(source)
    found = []
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.ExceptHandler(type=None, lineno=line):
                found.append(line)
            case ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException"), lineno=line):
                found.append(line)
    return found


def _yes_men(source: str) -> list[int]:
    tree = parsed(source)
    found = []
    for node in ast.walk(tree) if tree else []:
        match node:
            case ast.FunctionDef(name="__eq__" | "__ne__" | "__contains__", lineno=line):
                found += [line] if _asks_nothing(node) else []
            case ast.Assign(targets=[ast.Name(id="__eq__" | "__ne__"), *_], value=ast.Lambda(), lineno=line):
                found.append(line)
            case ast.Constant(value="__eq__" | "__ne__", lineno=line):
                found.append(line)
    return found


def _asks_nothing(function: ast.FunctionDef) -> bool:
    """True when no returned value depends on both sides."""
    sides = {one.arg for one in function.args.args[:2]}
    used = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)}
    values = [one.value for one in ast.walk(function) if isinstance(one, ast.Return)]
    plain = [one for one in values if isinstance(one, ast.Constant)]
    return (len(plain) == len(values) and len(function.body) <= 2) or not sides <= used
