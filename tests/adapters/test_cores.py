"""Heavy commands share the cores of a machine."""

import asyncio
from pathlib import Path

from jobs.adapters.cores import Cores
from tests.processes import line, together


async def test_no_more_run_than_there_are_cores_whoever_asks(tmp_path: Path) -> None:
    workers = [Cores(tmp_path / "cores", 2) for _ in range(4)]
    here = most = 0

    async def command(cores: Cores) -> None:
        nonlocal here, most
        async with cores.one():
            here += 1
            most = max(most, here)
            await asyncio.to_thread(sum, range(200_000))
            here -= 1

    async with asyncio.timeout(20):
        await asyncio.gather(*(command(cores) for cores in workers for _ in range(3)))
    assert most == 2


async def test_who_stops_waiting_takes_nothing(tmp_path: Path) -> None:
    cores = Cores(tmp_path / "cores", 1)

    async def command() -> None:
        async with cores.one():
            pass

    async with cores.one():
        waiting = asyncio.create_task(command())
        waiting.cancel()
        await asyncio.wait({waiting})
    async with asyncio.timeout(5):
        await command()


HOLD = """
import asyncio, sys
from pathlib import Path
from jobs.adapters.cores import Cores

async def hold(folder):
    async with Cores(Path(folder), 2).one():
        print("in", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(hold(sys.argv[1]))
"""


async def test_processes_share_the_cores_and_a_killed_one_gives_its_own_back(tmp_path: Path) -> None:
    async with asyncio.timeout(60), together(3, HOLD, str(tmp_path)) as workers:
        inside = {asyncio.create_task(line(worker)): worker for worker in workers}
        first, waiting = await asyncio.wait(inside, return_when=asyncio.FIRST_COMPLETED)
        while len(first) < 2:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            first |= more
        (third,) = waiting
        assert not (await asyncio.wait({third}, timeout=0.2))[0], "three work on two cores"
        inside[first.pop()].kill()
        assert await third == "in"
