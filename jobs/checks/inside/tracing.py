"""Which lines of the repository's files run, by sys.settrace.

RECORDER_TRACE is a JSON list of files from the current directory; `*` stands for all code that is no test.
"""

import json
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

_ROOT = str(Path.cwd()) + os.sep
_TRACED = {_ROOT + path: path for path in json.loads(os.environ.get("RECORDER_TRACE", "[]"))}
_EVERYTHING = _ROOT + "*" in _TRACED
_LINES: dict[str, set[int]] = {}


def start() -> None:
    """Begin, if anything is wanted."""
    if _TRACED:
        sys.settrace(_trace)


def stop(folder: Path) -> None:
    """Leave the lines that ran in the folder's lines.json."""
    sys.settrace(None)
    if _TRACED:
        lines = {path: sorted(numbers) for path, numbers in _LINES.items()}
        (folder / "lines.json").write_text(json.dumps(lines), "utf-8")


def is_test(path: str) -> bool:
    """True for files of tests, by their name."""
    name = Path(path).name
    return (
        name.startswith(("test_", "conftest"))
        or name.endswith("_test.py")
        or f"{os.sep}tests{os.sep}" in path
    )


def _trace(frame: FrameType, event: str, _argument: Any) -> Any:
    name = frame.f_code.co_filename
    path = _TRACED.get(name)
    if path is None and _EVERYTHING and name.startswith(_ROOT) and not is_test(name):
        path = name[len(_ROOT) :]
    if path is None:
        return None
    _LINES.setdefault(path, set()).add(frame.f_lineno)
    return _trace
