"""A result is computed once on a machine, however many ask for it."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from jobs.adapters.cache import ABANDONED, FileCache
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


CROWD = """
import asyncio, sys
from pathlib import Path
from jobs.adapters.cache import FileCache

async def crowd(folder, name):
    cache, hot = FileCache(Path(folder), limit=20_000), []

    async def compute_hot():
        hot.append(1)
        return b"hot"

    async def compute():
        return b"x" * 1000

    for number in range(60):
        assert await cache.single("hot", compute_hot) == b"hot"
        assert await cache.single(f"{name}-{number}", compute) == b"x" * 1000
    print(len(hot), flush=True)

asyncio.run(crowd(*sys.argv[1:]))
"""


async def test_workers_make_room_for_each_other_and_what_is_used_stays(tmp_path: Path) -> None:
    async with asyncio.timeout(60):
        starts = [
            asyncio.create_subprocess_exec(
                sys.executable, "-c", CROWD, str(tmp_path), name, stdout=asyncio.subprocess.PIPE
            )
            for name in ("one", "two", "three")
        ]
        workers = await asyncio.gather(*starts)
        said = [(await one.communicate())[0] for one in workers]
    assert [one.returncode for one in workers] == [0, 0, 0], "one worker's room is no other's fault"
    assert sum(int(words) for words in said) == 1, "what live tasks go on asking for is computed once"
    assert sum(path.stat().st_size for path in files(tmp_path, "result")) <= 20_000
    assert files(tmp_path, "draft") == []


async def test_what_a_killed_worker_left_half_written_goes(tmp_path: Path) -> None:
    cache = FileCache(tmp_path)
    await cache.single("base", Counted())
    (stored,) = files(tmp_path, "result")
    left, young = stored.with_suffix(".aa.draft"), stored.with_suffix(".bb.draft")
    for draft, age in ((left, ABANDONED + 60), (young, 1)):
        draft.write_bytes(b"half")
        os.utime(draft, (time.time() - age,) * 2)
    await cache.single("next", Counted())
    assert files(tmp_path, "draft") == [young]


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Stop, match="cache cannot be written") as stopped:
        await FileCache(tmp_path / "file").single("base", Counted())
    assert str(tmp_path) not in str(stopped.value)
