"""Child processes that never outlive their parent, each with its log in a file."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent ends."""

GRACE = 8.0
"""Seconds a process has between SIGTERM and SIGKILL."""

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks a program of the playground to end."""

T = TypeVar("T")


@asynccontextmanager
async def running(
    name: str, *argv: str, environment: Mapping[str, str], logs: Path, listen: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m argv…` for as long as the block lasts; its output goes to logs/name.log.

    With `listen` standard output is a pipe to the caller instead.
    """
    with (logs / f"{name}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if listen else log,
            stderr=log,
            env=environment,
            start_new_session=True,
            preexec_fn=dying_with(os.getpid()),
        )
    try:
        yield process
    finally:
        await stop(process)


async def carried_out(*argv: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end; returns its exit status and what it printed. Cancelled, it is killed."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
        start_new_session=True,
        preexec_fn=dying_with(os.getpid()),
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


async def stop(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, a grace period, then SIGKILL to the whole group."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def until_told(work: Awaitable[T]) -> T:
    """Await the work; SIGINT, SIGTERM and SIGHUP cancel it once, and its cleaning up is not disturbed."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    def end() -> None:
        for number in ENDINGS:
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in ENDINGS:
        loop.add_signal_handler(number, end)
    return await task


def dying_with(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program, so that the kernel kills it when `parent` ends."""

    def arrange() -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return arrange
