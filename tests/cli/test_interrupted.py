"""Ctrl-C and SIGTERM: exit status 130, one sentence, nothing left behind; in the background as well."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.verification import Workshop

SPEC = "playground/sample_spec.yml"
DIFF = "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+a\n"

BACKGROUND = "trap '' INT; exec \"$@\""
"""As a shell without job control starts a command with &."""
FOREGROUND = 'exec "$@"'


@asynccontextmanager
async def codegen(how: str, *words: str, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    argv = ("sh", "-c", how, "sh", sys.executable, "-m", "jobs", *words, "--json")
    environment = {**os.environ, "CODEGEN_HOME": str(home)}
    pipe = subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*argv, env=environment, stdout=pipe, stderr=pipe)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def a_silent_host() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """An address that takes connections and never answers, and whether somebody asks."""
    asked = asyncio.Event()
    end = asyncio.Event()

    async def keep(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await end.wait()
        writer.close()

    async with await asyncio.start_server(keep, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/payments/api.git", asked
        end.set()


@pytest.mark.parametrize(("number", "how"), [(signal.SIGINT, BACKGROUND), (signal.SIGTERM, FOREGROUND)])
async def test_a_run_ends_when_it_is_told_to(tmp_path: Path, number: signal.Signals, how: str) -> None:
    diff = tmp_path / "given.diff"
    diff.write_text(DIFF)
    async with a_silent_host() as (url, asked):
        words = ("run", "--repo", url, "--spec", SPEC, "--engine", "patch", "--patch", str(diff))
        async with codegen(how, *words, home=tmp_path / "home") as process:
            ended = asyncio.create_task(process.communicate())
            asking = asyncio.create_task(asked.wait())
            await asyncio.wait({ended, asking}, return_when=asyncio.FIRST_COMPLETED)
            assert asking.done(), await ended
            process.send_signal(number)
            async with asyncio.timeout(180):
                out, errors = await ended
    assert (process.returncode, json.loads(out), errors) == (130, {"error": "Interrupted."}, b"")


async def test_an_interrupted_run_leaves_nothing_behind(
    shop: Workshop, spec_file: Callable[..., str]
) -> None:
    marker = f"interrupted-{os.getpid()}"
    slow = f'subprocess.run(["sleep", "300"], env={{"M": "{marker}"}})'
    slow = f"import subprocess\n\n\ndef test_slow():\n    {slow}\n"
    await shop.commit({"billing.py": "x = 1\n", "tests/test_slow.py": slow})
    diff = shop.folder / "given.diff"
    diff.write_text(DIFF)
    where = ("--repo", str(shop.folder / "origin"), "--spec", spec_file(), "--env", str(shop.environment))
    home = shop.folder / "home"
    words = ("run", *where, "--engine", "patch", "--patch", str(diff))
    async with codegen(FOREGROUND, *words, home=home) as process:
        ended = asyncio.create_task(process.communicate())
        while not sleeping(marker):  # however long a busy machine takes; the command has a bound of its own
            done, _ = await asyncio.wait({ended}, timeout=0.3)
            assert not done, ended.result()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(300):
            out, errors = await ended
    assert (process.returncode, json.loads(out), errors) == (130, {"error": "Interrupted."}, b"")
    assert not sleeping(marker)
    assert list((home / "workspaces").iterdir()) == []


def sleeping(marker: str) -> bool:
    """Whether a process with that in its environment is there."""
    for one in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"M={marker}".encode() in one.read_bytes():
                return True
        except OSError:
            continue
    return False
