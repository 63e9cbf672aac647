"""Tries mutants: for each one, its file is put in place, the named tests run in a fork, the file is put back.

Usage: mutate.py PLAN.json FOLDER PYTEST-ARGUMENT… — the plan lists mutants as `{path, source}` and a
`timeout` in seconds; the report of the first goes to FOLDER/0.xml, and so on. pytest is imported once.
"""

import json
import os
import select
import signal
import sys
from pathlib import Path

import pytest

_ROOT = str(Path.cwd()) + os.sep


def main(plan_path: str, folder: str, arguments: list[str]) -> None:
    """Try every mutant in turn."""
    plan = json.loads(Path(plan_path).read_text("utf-8"))
    for number, mutant in enumerate(plan["mutants"]):
        path = Path(mutant["path"])
        before = path.read_bytes()
        path.write_bytes((Path(plan_path).parent / mutant["source"]).read_bytes())
        try:
            _try(f"{folder}/{number}.xml", arguments, plan["timeout"])
        finally:
            path.write_bytes(before)


def _try(report: str, arguments: list[str], timeout: float) -> None:
    child = os.fork()
    if child == 0:
        os.setsid()
        _run(report, arguments)
    watched = os.pidfd_open(child)
    try:
        ended, _, _ = select.select([watched], [], [], timeout)
        if not ended:
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    finally:
        os.close(watched)


def _run(report: str, arguments: list[str]) -> None:
    silent = os.open(os.devnull, os.O_RDWR)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(_ROOT):
            del sys.modules[name]
    os._exit(int(pytest.main([*arguments, f"--junitxml={report}"])))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
