"""Rules on product code that asks where, when or by whom it is run: it may be right for the tests alone."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.integrity.hidden import folded
from jobs.checks.layout import is_product_python, is_settings, is_test
from jobs.checks.names import parsed
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]
Asked = tuple[str, int]
"""What is asked, and the line."""

RULE: Final = "asks-surroundings"
"""Name of the rules of this file, and of their kin for other languages."""

_FRAME_WORDS: Final = (
    "_getframe _current_frames currentframe extract_stack walk_stack format_stack print_stack getouterframes "
    "getinnerframes findCaller tb_frame f_back f_code f_locals f_globals gi_frame cr_frame"
)
_FRAMES: Final = frozenset(_FRAME_WORDS.split())
_PROGRAM: Final = frozenset({"sys.argv", "sys.orig_argv", "sys.flags", "sys.gettrace", "sys._xoptions"})
_HOST_WORDS: Final = (
    "platform.node socket.gethostname socket.getfqdn getpass.getuser os.getlogin os.getuid os.getppid "
    "os.uname os.getcwd pathlib.Path.cwd"
)
_HOST: Final = frozenset(_HOST_WORDS.split())
_CLOCK: Final = frozenset({"now", "today", "utcnow", "time", "time_ns", "gmtime", "localtime"})
_EVERYWHERE: Final = re.compile(
    r"TERM|USER|HOME|LOGNAME|SHELL|PATH|PWD|HOSTNAME|DISPLAY|COLUMNS|SSH_\w+|CI|PY\w+|NODE_\w+|GO\w+|CONTAINER"
)
_SETTINGS: Final = re.compile(r"environ|getenv|getattr|__dict__|\bvars\(")
"""How a program comes to the machine's settings, straight or by a detour."""
_PLACES: Final = re.compile(r"^/(?:proc|sys/(?:fs|class|devices|kernel)|etc/hostname|\.dockerenv)(?:/|$)")
_FOLDERS: Final = re.compile(r"^/(?:code|run|sys)(?:/|$)")
"""Folders by which a machine is known; the same words are also addresses of web pages."""
_LOOKS: Final = frozenset(
    (
        "Path",
        "access",
        "exists",
        "isdir",
        "isfile",
        "is_dir",
        "is_file",
        "iterdir",
        "listdir",
        "open",
        "scandir",
    )
)
_EPOCH: Final = 1_000_000_000
_DATE_PARTS: Final = 3
_COMMAND_LINE: Final = re.compile(
    r"__main__|^\s*(?:async )?def main\b|\bargparse\b|\bclick\b|\btyper\b", re.M
)


def asks_surroundings(ctx: CheckContext) -> Found:
    """New conditions on the caller, loaded modules, the program's name, the machine or a date."""
    named = told(ctx)
    for one in ctx.changes:
        if is_product_python(one.path) and one.after is not None:
            known = [what for what, _ in _asked(one.text()[0], named)]
            for what, line in _asked(one.text()[1], named):
                if what in known:
                    known.remove(what)
                    continue
                text = f"The code asks for {what}: it may be right for the tests alone."
                yield False, Finding(rule=RULE, text=text, path=one.path, line=line)


RULES: Final = (asks_surroundings,)
"""Every rule of this file."""


def told(ctx: CheckContext) -> str:
    """Words of the spec and of the change's tests: what they name is no secret of the code."""
    spec = ctx.spec
    said = (spec.title, spec.goal, *(one.text for one in spec.criteria), *map(_test_text, ctx.changes))
    return "\n".join(said)


def _test_text(one: SourceChange) -> str:
    return one.text()[1] if is_test(one.path) or is_settings(one.path) else ""


def _asked(source: str, told: str) -> list[Asked]:
    tree = parsed(source)
    if tree is None:
        return []
    names, dates = _imports(tree), _dates(tree)
    by_command = _COMMAND_LINE.search(source) is not None
    settings = _SETTINGS.search(source) is not None
    found: list[Asked] = []
    for node in ast.walk(tree):
        found += _anywhere(node, told, settings=settings)
        if isinstance(node, ast.expr) and not by_command and _spelled(node, names) in _PROGRAM:
            found.append(("the program's name or options", node.lineno))
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            found += _in_condition(node.test, names, told)
        if isinstance(node, ast.Compare) and _on_a_date(node, dates):
            found.append(("the date", node.lineno))
    return found


def _anywhere(node: ast.AST, told: str, *, settings: bool) -> Iterator[Asked]:
    """What is odd wherever it stands."""
    match node:
        case ast.Attribute(attr=name, lineno=line) | ast.Name(id=name, lineno=line) if name in _FRAMES:
            yield f"its caller (`{name}`)", line
        case ast.Import(names=[ast.alias(name="__main__"), *_], lineno=line):
            yield "the program that was started", line
        case ast.Constant(value=str(text), lineno=line) if _PLACES.match(text):
            yield f"the machine (`{text[:40]}`)", line
        case ast.Call(args=[ast.Constant(value=str(text)), *_], lineno=line) if _FOLDERS.match(text):
            if _called(node) in _LOOKS:
                yield f"the machine (`{text[:40]}`)", line
        case ast.Constant(value=str(text), lineno=line) if settings and _EVERYWHERE.fullmatch(text):
            if text not in told:
                yield f"the machine's `{text}`", line


def _in_condition(test: ast.expr, names: Mapping[str, str], told: str) -> Iterator[Asked]:
    texts = [part.value for part in ast.walk(test) if isinstance(part, ast.Constant)]
    for part in ast.walk(test):
        name = _spelled(part, names) if isinstance(part, ast.expr) else ""
        line = getattr(part, "lineno", test.lineno)
        if name in _HOST:
            yield f"the machine (`{name}`)", line
        elif name == "sys.modules":
            if not any(isinstance(one, str) and one in told for one in texts):
                yield "modules that happen to be loaded", line
        elif name in ("os.environ", "os.getenv"):
            if not any(isinstance(one, str) and one in told for one in texts):
                yield "a setting of the machine that no test names", line
        elif name == "__file__":
            yield "the folder that it lies in", line


def _on_a_date(node: ast.Compare, dates: frozenset[str]) -> bool:
    """True where the clock is compared with something that is fixed in the code."""
    sides = [node.left, *node.comparators]
    asks = [
        any(isinstance(one, ast.Call) and _called(one) in _CLOCK for one in ast.walk(side)) for side in sides
    ]
    return any(asks) and any(_fixed(side, dates) for side in sides)


def _fixed(side: ast.expr, dates: frozenset[str]) -> bool:
    if isinstance(side, ast.Name):
        return side.id in dates
    value = folded(side)
    if isinstance(value, str) or (isinstance(value, int | float) and value > _EPOCH):
        return True
    return _is_date(side)


def _is_date(value: ast.expr | None) -> bool:
    """True for `date(2031, 5, 1)` and the like."""
    given = value.args if isinstance(value, ast.Call) else []
    return bool(given) and all(isinstance(one, ast.Constant) for one in given) and len(given) >= _DATE_PARTS


def _dates(tree: ast.Module) -> frozenset[str]:
    found = set()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_date(value):
                found.add(name)
    return frozenset(found)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _imports(tree: ast.Module) -> dict[str, str]:
    """What names at hand stand for, such as `system` → `sys`, `argv` → `sys.argv`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {one.asname or one.name.split(".")[0]: one.name for one in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found |= {one.asname or one.name: f"{module}.{one.name}" for one in names}
    return found


def _spelled(node: ast.expr, names: Mapping[str, str]) -> str:
    """The dotted name that an expression stands for; `os.sys.modules` is `sys.modules`."""
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=owner, attr=attr):
            before = _spelled(owner, names)
            return attr if attr in ("sys", "os") and before else f"{before}.{attr}" if before else ""
    return ""
