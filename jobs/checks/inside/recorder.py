"""A pytest plugin: exact node ids and the manner of each failure go into the JUnit report, lines beside it.

Settings come from the environment: RECORDER_OUT (folder for `collected.json` and `lines.json`),
RECORDER_ORDER (seed of a random order), RECORDER_CANARY (a file to collect besides what was asked for),
RECORDER_TRACE (see tracing.py).
"""

import json
import os
import random
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
import tracing

_OUT = Path(os.environ.get("RECORDER_OUT", "."))
_ORDER = os.environ.get("RECORDER_ORDER")
_ROOT = str(Path.cwd()) + os.sep
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
    tracing.stop(_OUT)


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
    in_test = not ours or tracing.is_test(ours[-1])
    missing = isinstance(error, _MISSING) or (
        isinstance(error, TypeError) and "unexpected keyword" in str(error)
    )
    if isinstance(error, ImportError) or (missing and in_test):
        return "missing"
    return "other" if in_test else "crash"


tracing.start()
