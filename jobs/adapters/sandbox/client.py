"""The worker's side of the holders: start them, give them orders, end them."""

import asyncio
import os
import socket
import sys
import weakref
from contextlib import suppress
from pathlib import Path

from jobs.adapters.sandbox import wire
from jobs.errors import Stop

_ROOT = Path(__file__).resolve().parents[3]
_START = f"""
import sys
sys.path.insert(0, {str(_ROOT)!r})
from jobs.adapters.sandbox.holder import nursery
nursery()
"""


class Nursery:
    """The one process that forks holders; started at the first need, ended with this object."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None

    async def holder(self, rooms: wire.Rooms) -> "Holder":
        """A new holder for a workspace; raises Stop naming what the host refuses."""
        try:
            control = _handed_over(self._started())
        except ConnectionError:
            # Somebody killed it; another one is as good.
            self._control = None
            control = _handed_over(self._started())
        try:
            answer = await _exchange(control, wire.packed(rooms))
        except (EOFError, ConnectionError):
            answer = wire.Report(failure="its process ended at once")
        except BaseException:
            control.close()
            raise
        if answer.failure:
            control.close()
            raise refused(answer.failure)
        return Holder(control)

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            argv = [sys.executable, "-I", "-S", "-c", _START]
            actions = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)]
            pid = os.posix_spawn(sys.executable, argv, {}, file_actions=actions, setsid=True)
            theirs.close()
            weakref.finalize(self, _end, self._control, pid)
        return self._control


class Holder:
    """One workspace's holder process, seen from the worker."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    async def do(self, order: wire.Order) -> wire.Report:
        """Carry out one order; cancelling this kills what it started, and ends once that is gone."""
        try:
            with _handed_over(self._control) as connection:
                try:
                    report = await _exchange(connection, wire.packed(order))
                except asyncio.CancelledError:
                    await _gone(connection)
                    raise
        except (EOFError, ConnectionError):
            raise refused("its process ended early") from None
        if report.failure:
            raise refused(report.failure)
        return report

    async def close(self) -> None:
        """Kill everything in the workspace and wait until it is gone."""
        with suppress(OSError):
            self._control.setblocking(False)
        await _gone(self._control)
        self._control.close()


def refused(why: str) -> Stop:
    """The Stop for a sandbox that does not work; `why` is the system's own word."""
    return Stop(
        f"The sandbox does not work here: {why}.", remedy="Run `codegen doctor` on the worker's host."
    )


async def _gone(connection: socket.socket) -> None:
    """Tell the other end that nobody waits any more, and wait until it has ended all below it and itself."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while await loop.sock_recv(connection, 65536):
            continue


def _handed_over(control: socket.socket) -> socket.socket:
    """One end of a new connection, whose other end went through `control`."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    try:
        socket.send_fds(control, [b"+"], [theirs.fileno()])
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return ours


async def _exchange(connection: socket.socket, message: bytes) -> wire.Report:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, message)
    head = await _part(connection)
    return wire.report(head, [await _part(connection) for _ in range(wire.blob_count(head))])


async def _part(connection: socket.socket) -> bytes:
    length = int.from_bytes(await _exactly(connection, 4))
    return await _exactly(connection, length)


async def _exactly(connection: socket.socket, length: int) -> bytes:
    loop = asyncio.get_running_loop()
    parts = bytearray(length)
    view, have = memoryview(parts), 0
    while have < length:
        got = await loop.sock_recv_into(connection, view[have:])
        if not got:
            raise EOFError
        have += got
    return bytes(parts)


def _end(control: socket.socket, pid: int) -> None:
    control.close()
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
