"""Results that are computed once."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.adapters.cache import FileCache

SLOW = """
import asyncio, sys
from pathlib import Path
from jobs.adapters.cache import FileCache

async def compute():
    with open(sys.argv[2], "a") as count:
        count.write("x")
    return b"result"

print(asyncio.run(FileCache(Path(sys.argv[1])).single("key", compute)).decode())
"""


async def test_concurrent_callers_wait_for_the_first(tmp_path: Path) -> None:
    calls: list[str] = []
    release = asyncio.Event()

    async def compute() -> bytes:
        calls.append("x")
        await release.wait()
        return b"result"

    caches = [FileCache(tmp_path), FileCache(tmp_path)]
    waiting = [asyncio.create_task(cache.single("key", compute)) for cache in caches * 2]
    async with asyncio.timeout(5):
        while not calls:
            await asyncio.wait(waiting, timeout=0.01)
        release.set()
        assert await asyncio.gather(*waiting) == [b"result"] * 4
    assert calls == ["x"]


def test_processes_share_one_computation(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", SLOW, str(tmp_path / "cache"), str(tmp_path / "count")]
    started = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [process.communicate(timeout=30)[0].strip() for process in started]

    assert printed == ["result"] * 3
    assert (tmp_path / "count").read_text() == "x"


async def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    async def fail() -> bytes:
        raise ValueError("no")

    async def succeed() -> bytes:
        return b"yes"

    cache = FileCache(tmp_path)
    with pytest.raises(ValueError, match="no"):
        await cache.single("key", fail)
    assert await cache.single("key", succeed) == b"yes"
