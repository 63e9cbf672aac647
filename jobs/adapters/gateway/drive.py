"""Inside the sandbox: starts a coding agent's program, passes on what it prints, keeps its report.

Usage: drive.py SOCKET REPORT KEPT PROGRAM ARGUMENT… — standard library only; exits as the program does.
"""

import contextlib
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

LARGEST = 256 * 1024
"""Bytes of a report that are kept."""
PATIENCE = 0.5
"""Seconds that its output may stay open once the program has ended: what it left behind may hold it."""


def main(path: str, report: str, kept: str, argv: list[str]) -> int:
    """Start, pass on, end."""
    try:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE)
    except OSError as error:
        sys.stderr.write(f"cannot be started: {error.strerror}\n")
        return 127
    assert process.stdout is not None
    passing = threading.Thread(target=_pass_on, args=(process.stdout, path), daemon=True)
    passing.start()
    code = process.wait()
    passing.join(PATIENCE)
    with contextlib.suppress(OSError):
        _keep(report, kept)
    return code if code >= 0 else 128 - code


def _pass_on(printed: BinaryIO, path: str) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listens = True
    try:
        listener.connect(path)
    except OSError:
        listens = False
    while part := os.read(printed.fileno(), 1 << 16):
        if listens:
            try:
                listener.sendall(part)
            except OSError:
                listens = False
    listener.close()


def _keep(report: str, kept: str) -> None:
    found = os.open(report, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(found, "rb") as file:
        if stat.S_ISREG(os.fstat(found).st_mode):
            content = file.read(LARGEST + 1)
            if len(content) <= LARGEST:
                Path(kept).write_bytes(content)


if __name__ == "__main__":
    code = main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
    sys.stderr.flush()
    # not waiting for the thread: it may hang on what the program left behind
    os._exit(code)
