"""Redis goes away, for however long: nothing acknowledged is lost, and the worker is there afterwards."""

import asyncio
import signal

from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from jobs.ports import Journal, Tools
from jobs.queue.submit import connect
from jobs.worker.serve import Process
from tests.factories import a_task
from tests.servers import private_redis
from tests.worker.fakes import Fakes, a_settings, all_phases, until


async def test_a_killed_redis_loses_nothing_and_runs_go_on() -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def through_the_outage(task: Task, tools: Tools, journal: Journal) -> Run:
        assert task.run is not None
        run = await journal(task.run.to(RunState.GENERATING, round=1))
        begun.set()
        await go.wait()
        return await all_phases(task.note(run=run), tools, journal)

    with private_redis() as server:
        async with connect(server.url) as (store, queue):
            fakes = Fakes(store, execute=through_the_outage)
            process = Process(store, queue, fakes.workshop(), a_settings(server.url, runs=2))
            stop = asyncio.Event()
            work = asyncio.create_task(process.work(stop))
            tasks = [(await store.create(a_task(origin=f"T/{n}")))[0] for n in range(6)]
            await queue.submit(tasks[0].id)
            await begun.wait()
            server.stop(signal.SIGKILL)
            go.set()
            # long enough for every loop of the worker to have met the outage
            await asyncio.wait({work}, timeout=1.5)
            assert not work.done()
            server.start()
            for task in tasks:
                after = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
                assert after.runs == 1
            stop.set()
            await work
    assert len(fakes.forge.opened) == len(tasks)
