"""The two small processes between the worker and foreign code.

A *nursery* (one per worker, started in a bare interpreter without environment) forks one *holder* per
workspace; a holder owns the workspace's user and mount namespace and forks one runner per order. Each ends
when the other end of its socket is closed, and takes everything below with it.
"""

import gc
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jobs.adapters.sandbox import kernel, runner, wire

INNER_UID = 1000
"""User and group id inside the sandbox."""


def nursery() -> None:
    """Serve on standard input, a socket: each descriptor received becomes a holder."""
    os.umask(0o022)
    # Forks share memory as long as nobody writes: the collector would.
    gc.disable()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as control:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        _serve(control, _hold)


def _serve(control: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    """Fork a child for each descriptor that comes in, until the other end closes; then kill all of them."""
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            break
        if os.fork() == 0:
            control.close()
            _handle(socket.socket(fileno=descriptors[0]), handle)
        os.close(descriptors[0])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    runner.kill_children()


def _handle(connection: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    """In a child: do the work, say what went wrong, end; never returns."""
    try:
        handle(connection)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(1)
    except (OSError, ValueError) as error:
        with suppress(OSError):
            connection.sendall(wire.packed(wire.Report(failure=str(error))))
    finally:
        os._exit(0)


def _hold(connection: socket.socket) -> None:
    rooms = wire.rooms(*wire.receive(connection))
    for group in rooms.cgroups:
        Path(group, "cgroup.procs").write_text(str(os.getpid()))
    kernel.drop_to(rooms.uid, rooms.gid)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.own_namespaces(INNER_UID)
    if rooms.lower:
        _overlay(rooms, rooms.lower)
    connection.sendall(wire.packed(wire.Report()))
    _serve(connection, runner.carry_out)


def _overlay(rooms: wire.Rooms, lower: str) -> None:
    # Through /proc/self/fd no path needs escaping: commas and colons have a meaning in mount options.
    opened = [os.open(one, os.O_PATH | os.O_DIRECTORY) for one in (lower, rooms.upper, rooms.work)]
    below, upper, work = (f"/proc/self/fd/{one}" for one in opened)
    options = f"lowerdir={below},upperdir={upper},workdir={work},userxattr"
    kernel.mount("overlay", rooms.tree, "overlay", options)
    for one in opened:
        os.close(one)
