"""Child processes that never outlive their parent, each with its log in a file."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent ends."""

GRACE = 8.0
"""Seconds a process has between SIGTERM and SIGKILL."""


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
            preexec_fn=_die_with_parent,
        )
    try:
        yield process
    finally:
        await stop(process)


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


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
