"""A result is computed once on a machine, however many ask for it."""

import asyncio
import sys
from pathlib import Path

import pytest

from jobs.adapters.cache import FileCache
from jobs.errors import Stop


class Counted:
    def __init__(self, result: bytes = b"passed") -> None:
        self.calls = 0
        self.result = result
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> bytes:
        self.calls += 1
        self.begun.set()
        await self.go.wait()
        return self.result


def files(folder: Path, ending: str) -> list[Path]:
    return list(folder.glob(f"*/*.{ending}"))


async def test_many_callers_share_one_computation(tmp_path: Path) -> None:
    caches, work = (FileCache(tmp_path), FileCache(tmp_path)), Counted()
    answers = await asyncio.gather(*(caches[n % 2].single("base", work) for n in range(10)))
    assert set(answers) == {b"passed"}
    assert work.calls == 1
    assert await FileCache(tmp_path).single("base", work) == b"passed"
    assert work.calls == 1
    assert files(tmp_path, "lock") == []


async def test_keys_do_not_wait_for_each_other(tmp_path: Path) -> None:
    cache, slow = FileCache(tmp_path), Counted()
    slow.go.clear()
    waiting = asyncio.create_task(cache.single("slow", slow))
    assert await cache.single("quick", Counted(b"now")) == b"now"
    slow.go.set()
    assert await waiting == b"passed"


async def test_a_failed_computation_is_tried_by_the_next(tmp_path: Path) -> None:
    cache = FileCache(tmp_path)

    async def fail() -> bytes:
        raise Stop("The suite cannot run.")

    with pytest.raises(Stop, match="The suite cannot run"):
        await cache.single("base", fail)
    assert await cache.single("base", Counted()) == b"passed"


async def test_a_caller_that_is_cancelled_lets_the_next_one_compute(tmp_path: Path) -> None:
    cache, stuck = FileCache(tmp_path), Counted()
    stuck.go.clear()
    first = asyncio.create_task(cache.single("base", stuck))
    async with asyncio.timeout(5):
        await stuck.begun.wait()
        first.cancel()
        await asyncio.wait({first})
        assert await cache.single("base", Counted(b"second")) == b"second"


async def test_another_process_is_waited_for_and_its_death_noticed(tmp_path: Path) -> None:
    hold = (
        "import asyncio, sys, pathlib\n"
        "from jobs.adapters.cache import FileCache\n"
        "async def never():\n"
        "    print('held', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(FileCache(pathlib.Path(sys.argv[1])).single('base', never))\n"
    )
    argv = (sys.executable, "-c", hold, str(tmp_path))
    other = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None and await other.stdout.readline() == b"held\n"
    work = Counted()
    waiting = asyncio.create_task(FileCache(tmp_path).single("base", work))
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert (done, work.calls) == (set(), 0)
    other.kill()
    await other.wait()
    assert await waiting == b"passed"


async def test_a_torn_file_counts_as_none(tmp_path: Path) -> None:
    cache = FileCache(tmp_path)
    await cache.single("base", Counted(b"whole"))
    (stored,) = files(tmp_path, "result")
    stored.write_bytes(stored.read_bytes()[:-2])
    assert await cache.single("base", Counted(b"again")) == b"again"


async def test_the_longest_unused_goes_first(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, limit=300)
    for key in ("one", "two"):
        await cache.single(key, Counted(b"x" * 100))
    used = Counted()
    await cache.single("one", used)
    await cache.single("three", Counted(b"x" * 100))
    await cache.single("one", used)
    gone = Counted()
    await cache.single("two", gone)
    assert (used.calls, gone.calls) == (0, 1)


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Stop, match="cache cannot be written") as stopped:
        await FileCache(tmp_path / "file").single("base", Counted())
    assert str(tmp_path) not in str(stopped.value)
