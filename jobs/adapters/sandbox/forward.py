"""Inside a sandbox: a loopback port that leads to a proxy's socket outside, while a program runs.

Usage: forward.py SOCKET PORT PROGRAM ARGUMENT… — standard library only; the exit status is the program's.
"""

import contextlib
import socket
import subprocess
import sys
import threading


def main(path: str, port: int, argv: list[str]) -> int:
    """Listen, run the program, end."""
    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    threading.Thread(target=_accept, args=(listening, path), daemon=True).start()
    return subprocess.run(argv, check=False).returncode


def _accept(listening: socket.socket, path: str) -> None:
    while True:
        near, _ = listening.accept()
        far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            far.connect(path)
        except OSError:
            near.close()
            far.close()
            continue
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_copy, args=(one, other), daemon=True).start()


def _copy(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := one.recv(1 << 16):
            other.sendall(part)
    for end, how in ((other, socket.SHUT_WR), (one, socket.SHUT_RD)):
        with contextlib.suppress(OSError):
            end.shutdown(how)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
