"""What an idle bot and an idle worker cost, and what the processes below this one hold in memory."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playground.stack import stack

WATCHED = 10.0
"""Seconds an idle stack is watched."""

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


async def rest() -> None:
    """Start the playground with a bot and a worker, leave them alone, and print what they cost."""
    async with stack() as up, up.bot() as bot, up.worker() as worker:
        await up.ready()
        await asyncio.sleep(2)
        before = {name: cpu(one.pid) for name, one in (("bot", bot), ("worker", worker))}
        await asyncio.sleep(WATCHED)
        for name, one in (("bot", bot), ("worker", worker)):
            share = (cpu(one.pid) - before[name]) / WATCHED
            print(f"idle: {name} {share:.1%} of a core, {memory(one.pid):.0f} MiB", flush=True)


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(pid: int) -> float:
    """Resident mebibytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20


def tree_memory() -> float:
    """Mebibytes of this process and everything it has started, pages that are shared counted once."""
    found = 0.0
    for pid in _tree(os.getpid()):
        with suppress(OSError):  # it has ended meanwhile
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return found


def _tree(root: int) -> Iterator[int]:
    yield root
    with suppress(OSError):
        for thread in Path(f"/proc/{root}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))
