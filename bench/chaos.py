"""Workers and Redis killed, frozen and restarted at random: `python -m bench.chaos [tasks] [seed]`."""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from jobs.domain.event import first_broken
from jobs.domain.task import Task, TaskState
from jobs.queue.patience import patiently
from jobs.queue.store import Store
from jobs.queue.submit import Queue, connect
from playground.redis_server import RedisServer
from tests.factories import a_task
from tests.servers import private_redis
from tests.worker.process import OPENED

LEASE = 2.0
PHASE = 0.4
WORKERS = 3


@dataclass
class Chaos:
    server: RedisServer
    dice: random.Random
    workers: list[asyncio.subprocess.Process] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    async def spawn(self) -> None:
        argv = (sys.executable, "-m", "tests.worker.process", self.server.url, str(LEASE), "goes", str(PHASE))
        quiet = asyncio.subprocess.DEVNULL
        self.workers.append(await asyncio.create_subprocess_exec(*argv, stderr=quiet))

    async def strike(self) -> None:
        blow = self.dice.choice([self.kill, self.kill, self.freeze, self.end, self.restart_redis])
        self.did[blow.__name__] += 1
        await blow()

    def one(self) -> asyncio.subprocess.Process:
        return self.workers.pop(self.dice.randrange(len(self.workers)))

    async def kill(self) -> None:
        victim = self.one()
        victim.kill()
        await asyncio.gather(victim.wait(), self.spawn())

    async def end(self) -> None:
        victim = self.one()
        victim.terminate()
        await asyncio.gather(victim.wait(), self.spawn())

    async def freeze(self) -> None:
        victim = self.one()
        os.kill(victim.pid, signal.SIGSTOP)
        await pause(LEASE * 1.5)
        os.kill(victim.pid, signal.SIGCONT)
        self.workers.append(victim)

    async def restart_redis(self) -> None:
        await asyncio.to_thread(self.server.stop, signal.SIGKILL)
        await pause(self.dice.uniform(0.2, 2))
        await asyncio.to_thread(self.server.start)


async def pause(seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


async def main(count: int = 30, seed: int = 1, limit: float = 240) -> int:
    """Exit status 0 only when nothing was lost or doubled."""
    begun = time.monotonic()
    with private_redis() as server:
        async with connect(server.url) as (store, queue):
            chaos = Chaos(server, random.Random(seed))
            try:
                for _ in range(WORKERS):
                    await chaos.spawn()
                ids = await submitted(store, queue, count)
                async with asyncio.timeout(limit):
                    while await open_tasks(store):
                        await pause(chaos.dice.uniform(0.5, 2))
                        await chaos.strike()
            finally:
                for worker in chaos.workers:
                    worker.kill()
                    await worker.wait()
            faults = await patiently(lambda: found(store, ids))
    print(*faults, sep="\n")
    blows = ", ".join(f"{number} {name}" for name, number in sorted(chaos.did.items()))
    print(f"chaos: {count} tasks, {blows}, faults {len(faults)}, {time.monotonic() - begun:.0f} s")
    return 1 if faults else 0


async def submitted(store: Store, queue: Queue, count: int) -> list[str]:
    ids = [(await store.create(a_task(origin=f"chaos/{number}")))[0].id for number in range(count)]
    for task_id in ids:
        await queue.submit(task_id)
    return ids


async def open_tasks(store: Store) -> tuple[Task, ...]:
    states = (TaskState.WAITING, TaskState.RUNNING)
    return await patiently(lambda: store.list(states=states))


async def found(store: Store, ids: list[str]) -> list[str]:
    faults = []
    for task_id in ids:
        task, history = await store.get(task_id), await store.history(task_id)
        kinds = Counter(event.kind for event in history)
        if task is None or task.state is not TaskState.IN_REVIEW or task.runs != 1:
            faults.append(f"{task_id} ended as {task and task.state} after {task and task.runs} runs")
        if first_broken(history) is not None:
            faults.append(f"{task_id} has a broken chain")
        faults += [f"{task_id} had {kind} {kinds[kind]} times" for kind in ONCE if kinds[kind] != 1]
    branches = await store.connection.call("SCARD", OPENED)
    return faults if branches == len(ids) else [*faults, f"{branches} branches for {len(ids)} tasks"]


ONCE = ("task.created", "run.preparing", "run.generating", "run.verifying", "run.opening", "run.delivered")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*(int(word) for word in sys.argv[1:]))))
