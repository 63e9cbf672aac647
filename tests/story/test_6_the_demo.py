"""`make demo` and the end of it: nothing is left behind, however it ends."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jobs import settings

ROOT = Path(__file__).resolve().parents[2]
LAST = re.compile(r"demo: cg-\w{8} → http://\S+/-/merge_requests/1 · 3/3 criteria proven · \d+ s")
PATIENCE = 120.0


@asynccontextmanager
async def demo(home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The demo as `make` starts it; its playground is in `home`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CODEGEN_HOME": str(home)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "playground.demo"),
        cwd=home,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def home() -> Iterator[Path]:
    """A short name leaves room for a socket; the environment of tests is the one that other stories use."""
    folder = Path(tempfile.mkdtemp(prefix="cg-demo-", dir="/var/tmp"))
    folder.chmod(0o755)
    built = settings.home() / "playground" / "environments"
    built.mkdir(parents=True, exist_ok=True)
    (folder / "playground").mkdir()
    (folder / "playground" / "environments").symlink_to(built)
    yield folder
    shutil.rmtree(folder)


def left(home: Path) -> list[str]:
    """Command lines of processes that have to do with a demo's folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes() + path.with_name("environ").read_bytes()
            if str(home).encode() in words:
                found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


async def gone(home: Path) -> None:
    """Wait until no process of a demo is there."""
    async with asyncio.timeout(PATIENCE):
        while left(home):
            await asyncio.to_thread(os.sched_yield)


async def until(process: asyncio.subprocess.Process, words: str) -> None:
    """Read what it prints until these words come."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while words not in (await process.stdout.readline()).decode():
            assert not process.stdout.at_eof(), f"it ended before it said {words!r}"


@pytest.mark.cases
async def test_the_demo_ends_well_and_leaves_something_to_look_at(home: Path) -> None:
    async with demo(home) as process:
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)

    said = output.decode()
    assert process.returncode == 0, said
    assert LAST.fullmatch(said.splitlines()[-1])
    assert "|" not in said.split("src/")[0], "no mark of Slack's is left"
    assert "*Running" not in said
    page = (home / ".playground/demo/merge_request.html").read_text()
    assert "Round half up in invoice totals" in page
    assert not re.search(r'(src|href)="/', page), "the page stands on its own"
    assert (home / ".playground/demo/thread.html").exists()
    assert "+++ b/src/invoices/money.py" in (home / ".playground/demo/change.diff").read_text()
    assert left(home) == []


@pytest.mark.parametrize(
    ("how", "when", "status"),
    [
        (signal.SIGINT, "model:", 130),
        pytest.param(signal.SIGTERM, "Running.", 130, marks=pytest.mark.cases),
        pytest.param(signal.SIGKILL, "Running.", -9, marks=pytest.mark.cases),
    ],
)
async def test_nothing_is_left_behind(home: Path, how: signal.Signals, when: str, status: int) -> None:
    async with demo(home) as process:
        await until(process, when)
        process.send_signal(how)
        await asyncio.wait_for(process.wait(), PATIENCE)
        await gone(home)
        assert process.returncode == status
