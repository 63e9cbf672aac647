"""One order, carried out in a process of its own inside the workspace's namespaces."""

import fcntl
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from jobs.adapters.sandbox import inspect_tree, kernel, wire
from jobs.adapters.sandbox.capture import Capture

SECCOMP_FD = 9
"""Where the started program finds the filter."""
STATUS_FD = 8
"""Where it tells in JSON how far it came; `exit-code` means that the sandbox was complete."""
READ_LIMIT = 16 * 1024 * 1024
"""Largest file that `read` returns."""

_LOOK_EVERY = 2.0
_GRACE = 10.0
_PART = 1 << 16
_OOM_SCORE = Path("/proc/self/oom_score_adj")


def carry_out(connection: socket.socket) -> None:
    """Receive one order, do it, report; ends early when the other side goes away."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    order = wire.order(*wire.receive(connection))
    connection.sendall(wire.packed(_DO[order.kind](order, connection)))


def kill_children() -> None:
    """Kill and reap everything below this process."""
    with suppress(ChildProcessError):
        while True:
            for child in kernel.children():
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


@dataclass
class _Run:
    """What is known of a program while it runs."""

    order: wire.Order
    pid: int
    connection: socket.socket
    streams: dict[int, Capture]
    started: float = field(default_factory=time.monotonic)
    timed_out: bool = False
    disk_full: bool = False
    gone: bool = False
    """The other side went away."""
    looked: float = 0.0
    look_every: float = _LOOK_EVERY

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def _run(order: wire.Order, connection: socket.socket) -> wire.Report:
    _place_files(order)
    output, output_in = os.pipe()
    errors, errors_in = os.pipe() if order.apart else (output, output_in)
    status, status_in = os.pipe()
    try:
        pid = _start(order, (output_in, errors_in, status_in))
    except (OSError, ValueError) as error:
        # Arguments too long or with a NUL are the command's own fault.
        return wire.Report(exit_code=126, output=f"cannot be started: {error}\n".encode())
    streams = {one: Capture(order.output_limit) for one in (output, errors)}
    run = _Run(order, pid, connection, streams)
    code = _follow(run)
    cpu_seconds = _cpu_seconds()
    code, failure = _judged(code, os.read(status, 1 << 16), streams[errors].value(), run)
    used = inspect_tree.used_bytes(order.watched, order.disk) if order.watched else 0
    kept = dict(inspect_tree.collect(order.outward, order.collect_limit)) if order.outward else {}
    _clear(order)
    return wire.Report(
        exit_code=None if run.timed_out else code,
        output=streams[output].value(),
        errors=streams[errors].value() if order.apart else b"",
        truncated=any(one.dropped for one in streams.values()),
        timed_out=run.timed_out,
        disk_full=run.disk_full or bool(order.watched and used > order.disk),
        seconds=run.seconds,
        cpu_seconds=cpu_seconds,
        used=used,
        names=tuple(kept),
        contents=tuple(kept.values()),
        failure=failure,
    )


def _cpu_seconds() -> float:
    """Of everything that was reaped: a runner carries out one order only."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _judged(code: int | None, status: bytes, errors: bytes, run: _Run) -> tuple[int | None, str]:
    """Exit code and failure: a sandbox that was never complete must not look like a failed command."""
    if errors.startswith((b"bwrap: execvp ", b"bwrap: Can't chdir to ")):
        return 127, ""
    killed = run.timed_out or run.disk_full or run.gone or (code or 0) > 128
    if b'"exit-code"' in status or killed:
        return code, ""
    sys.stderr.write(errors.decode(errors="replace"))
    return code, "it could not be set up"


def _read(order: wire.Order, _: socket.socket) -> wire.Report:
    content = inspect_tree.read_file(order.watched[0], order.path, READ_LIMIT)
    return wire.Report(output=content or b"", missing=content is None)


def _usage(order: wire.Order, _: socket.socket) -> wire.Report:
    return wire.Report(used=inspect_tree.used_bytes(order.watched, order.disk))


_DO = {"run": _run, "read": _read, "usage": _usage}


def _place_files(order: wire.Order) -> None:
    for directory in filter(None, (order.inward, order.outward)):
        Path(directory).mkdir(parents=True)
    for name, content in zip(order.names, order.contents, strict=True):
        file = Path(order.inward, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o555)


def _clear(order: wire.Order) -> None:
    """Remove what was exchanged; what resists goes with the workspace."""
    folders = [one for one in (order.inward, order.outward) if one]
    if folders:
        pid = os.posix_spawn("/bin/rm", ["rm", "-rf", "--", *folders], {})
        os.waitpid(pid, 0)


def _start(order: wire.Order, streams: tuple[int, int, int]) -> int:
    """Start the program, bounded; its process id. The bounds are this process's own from now on, too."""
    for name, value in order.limits.items():
        number = getattr(resource, f"RLIMIT_{name.upper()}")
        hard = resource.getrlimit(number)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (bound, bound))
    stdin, rules = _memory_file(order.stdin), _memory_file(order.seccomp)
    # Away from the numbers they are to get.
    above = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 64) for one in (stdin, *streams, rules)]
    moves = zip(above, (0, 1, 2, STATUS_FD, SECCOMP_FD), strict=True)
    # The kernel's out-of-memory killer shall take the program, never its holder.
    _OOM_SCORE.write_text("1000")
    pid = os.posix_spawn(
        order.argv[0],
        order.argv,
        {},
        file_actions=[(os.POSIX_SPAWN_DUP2, fd, place) for fd, place in moves],
        setsid=True,
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )
    _OOM_SCORE.write_text("0")
    for descriptor in {stdin, rules, *streams, *above}:
        os.close(descriptor)
    return pid


def _memory_file(content: bytes) -> int:
    if not content:
        return os.open(os.devnull, os.O_RDONLY)
    descriptor = os.memfd_create("input")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _follow(run: _Run) -> int | None:
    """Drain output until the program and everything it started are gone; its exit code, if it had one."""
    ended = os.pidfd_open(run.pid)
    poll = select.poll()
    for descriptor in (ended, *run.streams):
        poll.register(descriptor, select.POLLIN)
    poll.register(run.connection, select.POLLIN | select.POLLRDHUP)
    code: int | None = None
    open_streams = set(run.streams)
    while open_streams or ended >= 0:
        for descriptor, _ in poll.poll(_patience(run) * 1000):
            if descriptor == ended:
                poll.unregister(ended)
                os.close(ended)
                ended = -1
                code = os.waitstatus_to_exitcode(os.waitpid(run.pid, 0)[1])
                kill_children()
            elif descriptor == run.connection.fileno():
                poll.unregister(run.connection)
                run.gone = True
            elif not _drain(descriptor, run.streams[descriptor]):
                poll.unregister(descriptor)
                open_streams.discard(descriptor)
        if ended >= 0 and _over(run):
            os.kill(run.pid, signal.SIGKILL)
        if ended < 0 and run.gone:
            break
    return code if code is None or code >= 0 else 128 - code


def _drain(descriptor: int, capture: Capture) -> bool:
    part = os.read(descriptor, _PART)
    capture.add(part)
    return bool(part)


def _patience(run: _Run) -> float:
    return max(0.0, min(run.order.timeout - run.seconds, run.look_every))


def _over(run: _Run) -> bool:
    run.timed_out = run.timed_out or run.seconds >= run.order.timeout
    if run.order.watched and run.seconds - run.looked >= run.look_every:
        before = run.seconds
        run.disk_full = inspect_tree.used_bytes(run.order.watched, run.order.disk) > run.order.disk
        run.looked = run.seconds
        run.look_every = max(_LOOK_EVERY, 20 * (run.seconds - before))
    return run.timed_out or run.disk_full or run.gone
