"""Tries mutants: for each one, its file is put in place, the named tests run in a fork, the file is put back.

Usage: mutate.py PLAN.json FOLDER pytest|unittest ARGUMENT… — the plan lists mutants as `{path, source}` and a
`timeout` in seconds; the report of the first goes to FOLDER/0.xml, and so on. The runner is imported once.
"""

import json
import os
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_ROOT = str(Path.cwd()) + os.sep


Runner = Callable[[str], int]
"""Runs the tests with a report at a path; the exit status."""


def main(plan_path: str, folder: str, run: Runner) -> None:
    """Try every mutant in turn."""
    plan = json.loads(Path(plan_path).read_text("utf-8"))
    for number, mutant in enumerate(plan["mutants"]):
        path = Path(mutant["path"])
        before = path.read_bytes()
        path.write_bytes((Path(plan_path).parent / mutant["source"]).read_bytes())
        try:
            _try(f"{folder}/{number}.xml", run, plan["timeout"])
        finally:
            path.write_bytes(before)


def _try(report: str, run: Runner, timeout: float) -> None:
    child = os.fork()
    if child == 0:
        os.setsid()
        _run(report, run)
    watched = os.pidfd_open(child)
    try:
        ended, _, _ = select.select([watched], [], [], timeout)
        if not ended:
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    finally:
        os.close(watched)


def _run(report: str, run: Runner) -> None:
    silent = os.open(os.devnull, os.O_RDWR)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(_ROOT):
            del sys.modules[name]
    os._exit(run(report))


def runner(name: str, arguments: list[str]) -> Runner:
    """The test runner, imported."""
    if name == "unittest":
        import unittest_run

        return lambda report: int(unittest_run.main(report, arguments))
    import pytest

    return lambda report: int(pytest.main([*arguments, f"--junitxml={report}"]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], runner(sys.argv[3], sys.argv[4:]))
