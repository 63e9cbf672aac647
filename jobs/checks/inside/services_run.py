"""Starts services, waits until each is ready, runs a program, ends the services and shows their last words.

Usage: services_run.py PLAN.json FOLDER PROGRAM ARGUMENT… — when a service does not become ready, the program
is not run and FOLDER/problem.txt says which and why.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_TAIL = 1500
_PAUSE = 0.05


class Running:
    """One service."""

    def __init__(self, plan: dict[str, Any], logs: Path) -> None:
        self.plan = plan
        self.name = str(plan["name"])
        self.log = logs / self.name
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {plan['run']}" if _simple(plan["run"]) else plan["run"]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> str:
        """Why it is not ready, or nothing once it is."""
        end = time.monotonic() + self.plan["timeout"]
        with_exit = os.pidfd_open(self.process.pid)
        try:
            while time.monotonic() < end:
                if select.select([with_exit], [], [], _PAUSE)[0]:
                    return f"ended with exit status {self.process.wait()} before it was ready"
                if self._listens() and self._says_so(end):
                    return ""
        finally:
            os.close(with_exit)
        port = f": nothing listens on port {self.plan['port']}" if not self._listens() else ""
        return f"was not ready after {self.plan['timeout']:.0f} s{port}"

    def end(self) -> None:
        """Kill it and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tail(self) -> str:
        """The last that it printed."""
        return self.log.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()

    def _listens(self) -> bool:
        if self.plan["port"] is None:
            return True
        try:
            with socket.create_connection(("127.0.0.1", self.plan["port"]), timeout=1):
                return True
        except OSError:
            return False

    def _says_so(self, end: float) -> bool:
        if self.plan["ready"] is None:
            return True
        left = max(1.0, end - time.monotonic())
        try:
            asked = subprocess.run(
                ["/bin/sh", "-c", self.plan["ready"]], capture_output=True, check=False, timeout=left
            )
        except subprocess.TimeoutExpired:
            return False
        return asked.returncode == 0


def main(plan_path: str, folder: str, argv: list[str]) -> int:
    """Run the program among its services; the exit status is the program's."""
    plan = json.loads(Path(plan_path).read_text("utf-8"))
    logs = Path(tempfile.mkdtemp(prefix="services-"))
    services: list[Running] = []
    env = dict(os.environ)
    try:
        for one in plan:
            services.append(Running(one, logs))
            env.update(one["env"])
            problem = services[-1].wait()
            if problem:
                said = services[-1].tail()[-300:]
                text = f"the service {one['name']} {problem}" + (f"; it said: {said}" if said else "")
                (Path(folder) / "problem.txt").write_text(text, "utf-8")
                return 126
        status = subprocess.run(argv, env=env, check=False).returncode
        return status if status >= 0 else 128 - status
    finally:
        for service in reversed(services):
            service.end()
            sys.stdout.flush()
            said = service.tail()
            if said:
                sys.stdout.write(f"\n--- service {service.name} ---\n{said}\n")


def _simple(command: str) -> bool:
    return not set(command) & set("|&;<>()$`\n=")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
