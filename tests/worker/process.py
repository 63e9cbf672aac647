"""A worker process whose pipeline counts its phases in Redis and can hold before one: for killing."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.errors import LostLease
from jobs.ports import Journal, Tools, Workshop
from jobs.queue.connection import Connection, Word
from jobs.queue.patience import patiently
from jobs.queue.submit import connect
from jobs.settings import WorkerSettings
from jobs.worker.serve import serve
from tests.factories import a_patch, a_verdict
from tests.worker.fakes import Fakes, a_proposal, a_settings

HELD = "test:held"
"""List: tasks whose pipeline holds now."""
OPENED = "test:branches"
"""Set: branches with a merge request."""
FENCED = "test:fenced"
"""List: tasks that a worker which had lost them was kept from."""


@dataclass
class Phases:
    """Each phase counts itself, then holds when the task's origin names it and this process is to hold."""

    connection: Connection
    holds: bool
    seconds: float = 0.0

    async def execute(self, task: Task, tools: Tools, journal: Journal) -> Run:
        try:
            return await self._phases(task, tools, journal)
        except (LostLease, asyncio.CancelledError):
            await self._call("RPUSH", FENCED, task.id)
            raise

    async def _phases(self, task: Task, tools: Tools, journal: Journal) -> Run:
        assert task.run is not None
        run = task.run
        if run.state is RunState.PREPARING:
            await self._phase(task, "preparing")
            run = await journal(run.to(RunState.GENERATING, round=1))
        if run.state is RunState.GENERATING:
            await self._phase(task, "generating")
            run = await journal(run.to(RunState.VERIFYING, patch=a_patch()))
        if run.state is RunState.VERIFYING:
            await self._phase(task, "verifying")
            run = await journal(run.to(RunState.OPENING, verdict=a_verdict()))
        await self._phase(task, "opening")
        merge_request = await tools.forge.put_merge_request(a_proposal(task))
        await self._call("INCR", counter(task.id, "opened"))
        await self._call("SADD", OPENED, a_proposal(task).source_branch)
        return await journal(run.to(RunState.DELIVERED, merge_request=merge_request))

    async def _call(self, *words: Word) -> None:
        await patiently(lambda: self.connection.call(*words))

    async def _phase(self, task: Task, name: str) -> None:
        await self._call("INCR", counter(task.id, name))
        if self.seconds:
            await self._call("BLPOP", "test:nothing", self.seconds)
        if self.holds and task.origin.endswith(name):
            await self.connection.call("RPUSH", HELD, task.id)
            while await self.connection.call("BLPOP", f"test:go:{task.id}", 1) is None:
                pass


def counter(task_id: str, phase: str) -> str:
    """Key: how often a phase of a task was begun."""
    return f"test:count:{task_id}:{phase}"


async def main(redis_url: str, lease: str, holds: str, seconds: str = "0") -> int:
    """Serve until told to stop; each phase takes so many seconds."""

    @asynccontextmanager
    async def build(settings: WorkerSettings) -> AsyncIterator[Workshop]:
        async with connect(settings.redis_url.get_secret_value()) as (store, _):
            phases = Phases(store.connection, holds=holds == "holds", seconds=float(seconds))
            yield Fakes(store, execute=phases.execute).workshop()

    return await serve(a_settings(redis_url, lease_seconds=float(lease), grace_seconds=1.0), build)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
