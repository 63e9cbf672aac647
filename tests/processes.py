"""Python processes beside the test, that say a line when they are where the test wants them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Beside = asyncio.subprocess.Process


@asynccontextmanager
async def beside(script: str, *arguments: str) -> AsyncIterator[Beside]:
    """A process that runs the script; killed at the end of the block if it still lives."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd="/",
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def together(count: int, script: str, *arguments: str) -> AsyncIterator[Sequence[Beside]]:
    """So many of them."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(beside(script, *arguments)) for _ in range(count)]


async def line(process: Beside) -> str:
    """The next line that it says; empty when it has ended."""
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


def go(process: Beside) -> None:
    """Let it go on: it reads a line."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
