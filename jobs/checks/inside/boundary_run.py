"""Calls functions with the inputs of a plan, twice each, and leaves what came out as JSON.

Usage: boundary_run.py PLAN.json OUT.json, in the root of a tree. Each function runs in a process of its own,
with its own bounds for time and memory, in an empty directory.
"""

import importlib
import itertools
import json
import os
import re
import resource
import signal
import sys
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import FrameType, GeneratorType
from typing import Any

_CALL_SECONDS = 0.5
_FUNCTION_SECONDS = 8
_MEMORY = 1 << 30
_LONGEST = 160
_ENDLESS = "did not end"
_PATIENCE = 2
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_INPUTS = {
    "Decimal": Decimal,
    "date": date,
    "datetime": datetime,
    "float": float,
    "__builtins__": {"set": set},
}


class TookTooLongError(BaseException):
    """A call went on and on; no `except Exception` of the called code swallows it."""


def main(plan_path: str, out_path: str) -> None:
    """Carry the plan out: a list of {module, name, calls}."""
    plan = json.loads(Path(plan_path).read_text("utf-8"))
    root, out = Path.cwd(), Path(out_path).resolve()
    sys.path[:0] = [str(root / "src"), str(root)]
    sys.dont_write_bytecode = True
    os.chdir(tempfile.mkdtemp())
    results = [_apart(one) for one in plan]
    out.write_text(json.dumps(results), "utf-8")


def _apart(asked: dict[str, Any]) -> list[str] | str:
    """Outcomes in the order of the calls, or why there are none."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(_called(asked), pipe)
            pipe.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    try:
        found: list[str] | str = json.loads(told)
    except ValueError:
        return "the process ended before its calls were done"
    return found


def _called(asked: dict[str, Any]) -> list[str] | str:
    signal.signal(signal.SIGALRM, _alarm)
    resource.setrlimit(resource.RLIMIT_CPU, (_FUNCTION_SECONDS, _FUNCTION_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        signal.setitimer(signal.ITIMER_REAL, _FUNCTION_SECONDS)
        function: Any = importlib.import_module(asked["module"])
        for part in asked["name"].split("."):
            function = getattr(function, part)
    except BaseException as error:  # noqa: BLE001  # whatever an import does, it is told
        return f"{type(error).__name__} while it was imported"
    outcomes: list[str] = []
    for one in asked["calls"]:
        tired = outcomes.count(_ENDLESS) >= _PATIENCE
        outcomes.append("varies" if tired else _outcome(function, one))
    return outcomes


def _outcome(function: Any, arguments: str) -> str:
    first = _once(function, arguments)
    return first if _once(function, arguments) == first else "varies"


def _once(function: Any, arguments: str) -> str:
    signal.setitimer(signal.ITIMER_REAL, _CALL_SECONDS)
    try:
        # the expressions are ours, from the plan; nothing of the repository is in the namespace
        given, named = eval(f"(lambda *a, **k: (a, k))({arguments})", dict(_INPUTS))
        result = function(*given, **named)
        if isinstance(result, GeneratorType):
            result = list(itertools.islice(result, 100))
        shown = _ADDRESS.sub("", repr(result))
        return f"returned {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}"
    except TookTooLongError:
        return _ENDLESS
    except MemoryError:
        return "varies"
    except BaseException as error:  # noqa: BLE001  # whatever it raises is its outcome
        return f"raised {type(error).__name__}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _alarm(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
