"""Many tasks at once on one repository with a slow suite: wall clock and processor time against the sum.

BENCH_SUITE_SECONDS sets how long the suite takes; half of it is waiting. The usual 4 seconds stand for one
of a minute, so that all of it takes minutes; 60 is the whole form and takes more than an hour on 2 cores.
"""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench import row
from bench.idle import rest, tree_memory
from jobs.adapters.cache import FileCache
from jobs.cli.local import LocalForge, MemoryArtifacts, NobodyCancels, NoReports, NoReview, TerminalJournal
from jobs.domain.brief import Brief, Work
from jobs.domain.run import Run
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import VerdictStatus
from jobs.pipeline import execute
from jobs.ports import Command, Note, Tools, Workspace
from jobs.settings import OperatorFile
from jobs.tools import SystemClock
from tests.factories import a_task
from tests.verification import Workshop, build_environment, spec, workshop

AT_ONCE = (1, 4, 12, 24)
"""Tasks that run together."""

SUITE_SECONDS = float(os.environ.get("BENCH_SUITE_SECONDS", "4"))
"""What the suite takes, in seconds."""

THINKS = 2.0
"""Seconds the scripted model takes for its answer."""

RIGHT = "def half(number: int) -> int:\n    return (number + 1) // 2\n"
FILES = {
    "halves.py": RIGHT.replace("(number + 1)", "number"),
    "tests/test_halves.py": f"""import time

from halves import half


def test_slow():
    busy = time.process_time() + {SUITE_SECONDS / 2}
    time.sleep({SUITE_SECONDS / 2})
    while time.process_time() < busy:
        pass
    assert half(4) == 2
""",
}
TEST = "from halves import half\n\n\ndef test_odd():\n    assert half(5) == 3\n"
NODE = "tests/test_odd.py::test_odd"


@dataclass
class CountedCache:
    """ports.Cache that counts what had to be computed."""

    cache: FileCache
    asked: int = 0
    computed: int = 0

    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """The stored result, or what `compute` gives."""

        async def counted() -> bytes:
            self.computed += 1
            return await compute()

        self.asked += 1
        return await self.cache.single(key, counted)


class ScriptedEngine:
    """Thinks for a while, then writes the fix and its test."""

    name = "scripted"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        """Write both files."""
        await asyncio.sleep(THINKS)
        for path, text in (("halves.py", RIGHT), ("tests/test_odd.py", TEST)):
            await workspace.run(Command(argv=("/usr/bin/tee", path), stdin=text.encode()))
        return Work(summary=f"Mended for {brief.spec.title}")


@dataclass
class Measured:
    """What so many tasks at once took."""

    wall: float
    """Seconds from the first start to the last end."""
    cpu: float
    """Seconds of processor time: sandboxes and this process."""
    memory: float
    """Mebibytes at the peak above what this process and its children had before."""
    asked: int
    """Times a base result was needed."""
    computed: int
    """Times it was computed."""


@dataclass
class Peak:
    """Watches the memory of this process and all it has started."""

    before: float = field(default_factory=tree_memory)
    most: float = 0.0

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            self.most = max(self.most, tree_memory() - self.before)
            await asyncio.sleep(0.5)


def main() -> None:
    """Print one row per number of tasks, then what an idle stack costs."""
    built = build_environment()
    cores = len(os.sched_getaffinity(0))
    print(
        f"parallel: a suite of {SUITE_SECONDS:g} s, half of it waiting; {cores} cores; one suite a core",
        flush=True,
    )
    alone: Measured | None = None
    for count in AT_ONCE:
        found = asyncio.run(_together(count, built))
        alone = alone or found
        row(
            f"parallel: {count} at once, {count} × one alone (wall)",
            ours=found.wall,
            rival=count * alone.wall,
            unit="s",
        )
        row(
            f"parallel: {count} at once, {count} × one alone (cpu)",
            ours=found.cpu,
            rival=count * alone.cpu,
            unit="s",
        )
        print(
            f"parallel: {count} at once needed the target base's results {found.asked} times, "
            f"computed {found.computed}; {found.memory / count:.1f} MiB per running task",
            flush=True,
        )
    asyncio.run(rest())


async def _together(count: int, built: str) -> Measured:
    with workshop(built) as shop:
        await shop.commit(FILES)
        tools = _tools(shop)
        cache = CountedCache(FileCache(shop.folder / "cache"))
        tools = Tools(**{**vars(tools), "cache": cache})
        used = resource.getrusage(resource.RUSAGE_SELF)
        peak = Peak()
        watching = asyncio.create_task(peak.watch())
        began = time.perf_counter()
        runs = await asyncio.gather(*(_one(number, tools) for number in range(count)))
        wall = time.perf_counter() - began
        watching.cancel()
        now = resource.getrusage(resource.RUSAGE_SELF)
        here = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        sandboxed = sum(run.spend.cpu_seconds for run in runs)
        return Measured(wall, here + sandboxed, peak.most, cache.asked, cache.computed)


async def _one(number: int, tools: Tools) -> Run:
    task: Task = a_task(
        origin=f"parallel/{number}", spec=spec(tests=(NODE,)), state=TaskState.RUNNING, waiting=None
    )
    run = Run(id=f"{task.id}-r1", task=task.id, number=1, started_at=datetime.now(UTC))
    ended = await execute(task.note(run=run, runs=1), tools, TerminalJournal(lambda run: None), deliver=False)
    if ended.verdict is None or ended.verdict.status is not VerdictStatus.PASSED:
        raise RuntimeError(f"task {number} did not pass: {ended.verdict}")
    return ended


def _tools(shop: Workshop) -> Tools:
    repository = shop.repository.model_copy(update={"default_branch": "main"})
    operator = OperatorFile.model_validate(
        {"repositories": {"shop/billing": {"environment": shop.environment}}}
    )
    return Tools(
        forge=LocalForge(repository),
        review=NoReview(),
        workspaces=shop.workspaces,
        engine=ScriptedEngine(),
        artifacts=MemoryArtifacts(),
        cache=FileCache(shop.folder / "cache"),
        inbox=NobodyCancels(),
        reports=NoReports(),
        clock=SystemClock(),
        operator=operator,
    )


if __name__ == "__main__":
    main()
