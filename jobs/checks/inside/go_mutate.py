"""Tries mutants of Go files: each one is put in place, the named tests run, the file is put back.

Usage: go_mutate.py SETTINGS.json PLAN.json FOLDER; the report of the first goes to FOLDER/0.xml, and so on. A
mutant that does not compile, or whose tests do not end, leaves no report.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import ElementTree

import go_run


def main(settings_path: str, plan_path: str, folder: str) -> None:
    """Try every mutant in turn."""
    settings = json.loads(Path(settings_path).read_text("utf-8"))
    plan = json.loads(Path(plan_path).read_text("utf-8"))
    what = go_run.selected(settings["selection"], "") if settings["selection"] else settings["packages"]
    for number, mutant in enumerate(plan["mutants"]):
        path = Path(mutant["path"])
        before = path.read_bytes()
        path.write_bytes((Path(plan_path).parent / mutant["source"]).read_bytes())
        try:
            _try(what, f"{folder}/{number}.xml", plan["timeout"])
        finally:
            path.write_bytes(before)


def _try(what: list[str], report: str, timeout: float) -> None:
    # the first run compiles the standard library, too
    argv = ["go", "test", "-json", "-count=1", "-vet=off", *what]
    run = subprocess.Popen(
        argv,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        printed, _ = run.communicate(timeout=timeout * (1 if Path("/tmp/go-mutate-ran").exists() else 6))
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        return
    Path("/tmp/go-mutate-ran").touch()
    cases = go_run.read(printed.splitlines(keepends=True), quiet=True)
    if not any(one.find("error") is not None for one in cases.suite):
        ElementTree(cases.suite).write(report, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
