"""The rules of the house, each a failing test; design decisions behind them stand in docs/adr/."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from jobs.domain.run import RUN_MOVES, RunState
from jobs.domain.task import TASK_MOVES, TaskState

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("bot", "jobs", "playground", "bench")
MODULE_LINES = 300
FUNCTION_LINES = 40
POSITIONAL = 4

ONE_PLACE = {
    "arq": ("jobs/queue/submit", "jobs/worker", "bench/"),
    "redis": ("jobs/queue/", "jobs/worker", "playground/", "bench/"),
    "jinja2": ("jobs/render",),
    "gitlab": ("jobs/adapters/gitlab", "jobs/adapters/forge"),
    "slack_sdk": ("jobs/adapters/slack", "bot/", "playground/", "bench/"),
    "pydantic_ai": ("jobs/engines/agent", "jobs/adapters/model"),
    "slack_bolt": ("bot/", "bench/"),
    "matplotlib": ("jobs/adapters/charts",),
}
"""Library → where it may be imported."""

STARTERS = re.compile(
    r"^(subprocess\..*|(asyncio\.)?create_subprocess_.*|os\.(exec.*|system|posix_spawn.*|fork.*|popen|spawn.*)"
    r"|multiprocessing(\..*)?|pty\.(fork|spawn))$"
)


@cache
def parsed(folder: str) -> tuple[tuple[str, ast.Module, str], ...]:
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        relative = path.relative_to(ROOT).as_posix()
        if not relative.startswith(("tests/cases/", "playground/sample/")):
            text = path.read_text(encoding="utf-8")
            found.append((relative, ast.parse(text), text))
    return tuple(found)


def modules(*folders: str) -> Iterator[tuple[str, ast.Module, str]]:
    for folder in folders:
        yield from parsed(folder)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_outgrows_its_room() -> None:
    long = [name for name, _, text in modules(*PRODUCT) if text.count("\n") > MODULE_LINES]
    assert not long, f"over {MODULE_LINES} lines; make the room a folder: {long}"


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{name}:{function.lineno} {function.name}"
        for name, tree, _ in modules(*PRODUCT)
        for function in functions(tree)
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, f"over {FUNCTION_LINES} lines: {long}"


def test_no_function_takes_many_positional_arguments() -> None:
    greedy = []
    for name, tree, _ in modules(*PRODUCT):
        for function in functions(tree):
            names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            if len([one for one in names if one not in ("self", "cls")]) > POSITIONAL and not _listener(name):
                greedy.append(f"{name}:{function.lineno} {function.name}")
    assert not greedy, f"more than {POSITIONAL} positional arguments: {greedy}"


def _listener(name: str) -> bool:
    return name.startswith(
        ("bot/listeners/", "bot/middleware", "bot/errors")
    )  # Bolt injects by parameter name


def test_each_library_has_its_one_place() -> None:
    strays = []
    for name, tree, _ in modules("bot", "jobs", "playground", "bench"):
        for library in imported(tree):
            allowed = ONE_PLACE.get(library)
            if allowed is not None and not name.startswith(allowed):
                strays.append(f"{name} imports {library}")
    assert not strays, strays


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_processes_start_only_in_adapters() -> None:
    starts = []
    for name, tree, _ in modules("bot", "jobs"):
        if name.startswith(("jobs/adapters/", "jobs/checks/inside/")):  # the latter runs in the sandbox
            continue
        for node in ast.walk(tree):
            spelled = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
            if STARTERS.match(spelled):
                starts.append(f"{name}:{getattr(node, 'lineno', 0)} {spelled}")
    assert not starts, starts


def test_nothing_but_exceptions_enums_models_and_protocols_is_inherited() -> None:
    allowed = re.compile(
        r"(Exception|Error|Enum|StrEnum|IntEnum|IntFlag|Frozen|BaseModel|Protocol(\[.*\])?|Generic\[.*\]|unittest\.TestResult|NamedTuple|TypedDict"
        r"|Stop|Transient|Refused|Structure|ast\.NodeTransformer|ast\.NodeVisitor|.*Formatter|.*Filter|str|Worker)$"
    )
    heirs = [
        f"{name}:{node.lineno} {node.name}({ast.unparse(parent)})"
        for name, tree, _ in modules("bot", "jobs", "playground")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for parent in node.bases
        if not allowed.search(ast.unparse(parent))
    ]
    assert not heirs, heirs


def test_no_module_is_a_junk_drawer() -> None:
    junk = {"utils", "util", "common", "helpers", "helper", "manager", "service", "base", "misc"}
    found = [
        name for name, _, _ in modules(*PRODUCT, "tests") if junk & set(Path(name).with_suffix("").parts)
    ]
    assert not found, found


def test_tests_use_no_mock_no_patch_and_no_sleep() -> None:
    banned = re.compile(
        r"MagicMock|AsyncMock|mock\.patch|monkeypatch\.setattr|\bsleep\(|pytest\.mark\.(skip|xfail)\b"
    )
    found = [
        f"{name}:{number} {line.strip()}"
        for name, _, text in modules("tests")
        if name != "tests/test_architecture.py"
        for number, line in enumerate(text.splitlines(), 1)
        if banned.search(line)
    ]
    assert not found, found


def test_no_word_marks_unfinished_work() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|placeholder for)\b")
    found = [
        f"{name}:{number} {line.strip()}"
        for name, _, text in modules("bot", "jobs", "playground")
        for number, line in enumerate(text.splitlines(), 1)
        if marks.search(line)
    ]
    assert not found, found


@pytest.mark.parametrize(("title", "moves"), [("Task", TASK_MOVES), ("Run", RUN_MOVES)], ids=["task", "run"])
def test_the_readme_draws_the_tables_of_states(
    title: str, moves: dict[TaskState, frozenset[TaskState]] | dict[RunState, frozenset[RunState]]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert diagram(moves) in readme, f"the {title} diagram in README.md should be:\n{diagram(moves)}"


def diagram(moves: dict[TaskState, frozenset[TaskState]] | dict[RunState, frozenset[RunState]]) -> str:
    lines = [f"    {state} --> {after}" for state, next_ones in moves.items() for after in sorted(next_ones)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def test_every_state_of_a_task_has_its_words() -> None:
    missing = [one for one in TaskState if not (ROOT / f"templates/thread/{one}.mrkdwn.j2").exists()]
    assert not missing, missing


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    pattern = r"https?://[a-z0-9.-]*(py[p]i|python[h]osted|npm[j]s|[.]debian)[a-z0-9.-]*|/work/(main|steering)|/roo[t]/"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!*.svg"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1, found.stdout + found.stderr
