"""A pytest plugin: exact node ids and the manner of each failure go into the JUnit report, lines beside it.

Settings come from the environment: RECORDER_OUT (folder for `collected.json` and `lines.json`),
RECORDER_ORDER (seed of a random order), RECORDER_CANARY (a file to collect besides what was asked for),
RECORDER_TRACE (JSON list of files whose lines are recorded, relative to the current directory; `*` stands for
all code that is no test).
"""

import json
import os
import random
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

_OUT = Path(os.environ.get("RECORDER_OUT", "."))
_ORDER = os.environ.get("RECORDER_ORDER")
_ROOT = str(Path.cwd()) + os.sep
_TRACED = {_ROOT + path: path for path in json.loads(os.environ.get("RECORDER_TRACE", "[]"))}
_EVERYTHING = _ROOT + "*" in _TRACED
_LINES: dict[str, set[int]] = {}
_MISSING = (ImportError, NameError, AttributeError)


def pytest_configure(config: pytest.Config) -> None:
    """Ask for the canary besides whatever else was asked for, whatever the settings select."""
    canary = os.environ.get("RECORDER_CANARY")
    if canary:
        config.args.append(canary)
        config.getini("python_functions").extend(os.environ.get("RECORDER_FUNCTIONS", "").split())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test its exact id in the report."""
    for item in items:
        item.user_properties.append(("id", item.nodeid))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say what was collected; from here on nothing changes the order any more."""
    if _ORDER is not None:
        session.items.sort(key=_shuffled(random.Random(int(_ORDER))))
    ids = [item.nodeid for item in session.items]
    (_OUT / "collected.json").write_text(json.dumps(ids), "utf-8")


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, None, None]:
    """Say in which manner a test failed."""
    yield
    if call.excinfo is not None:
        manner = _manner(call.excinfo) if call.when == "call" else "other"
        item.user_properties.append(("manner", manner))


def pytest_unconfigure() -> None:
    """Write the lines that ran."""
    sys.settrace(None)
    if _TRACED:
        lines = {path: sorted(numbers) for path, numbers in _LINES.items()}
        (_OUT / "lines.json").write_text(json.dumps(lines), "utf-8")


def _shuffled(chance: random.Random) -> Callable[[pytest.Item], tuple[float, ...]]:
    """Modules in random order, classes in it, tests in those: what they set up together stays together."""
    places: dict[str, float] = {}

    def place(item: pytest.Item) -> tuple[float, ...]:
        module, _, rest = item.nodeid.partition("::")
        parts = (module, f"{module}::{rest.rpartition('::')[0]}", item.nodeid)
        return tuple(places.setdefault(one, chance.random()) for one in parts)

    return place


def _manner(raised: pytest.ExceptionInfo[BaseException]) -> str:
    error = raised.value
    if isinstance(error, (AssertionError, pytest.fail.Exception)):
        return "assertion"
    ours = [str(step.path) for step in raised.traceback if str(step.path).startswith(_ROOT)]
    in_test = not ours or _is_test(ours[-1])
    missing = isinstance(error, _MISSING) or (
        isinstance(error, TypeError) and "unexpected keyword" in str(error)
    )
    if isinstance(error, ImportError) or (missing and in_test):
        return "missing"
    return "other" if in_test else "crash"


def _is_test(path: str) -> bool:
    name = Path(path).name
    return (
        name.startswith(("test_", "conftest"))
        or name.endswith("_test.py")
        or f"{os.sep}tests{os.sep}" in path
    )


def _trace(frame: FrameType, event: str, _argument: Any) -> Any:
    name = frame.f_code.co_filename
    path = _TRACED.get(name)
    if path is None and _EVERYTHING and name.startswith(_ROOT) and not _is_test(name):
        path = name[len(_ROOT) :]
    if path is None:
        return None
    _LINES.setdefault(path, set()).add(frame.f_lineno)
    return _trace


if _TRACED:
    sys.settrace(_trace)
