"""A worker is lost at each boundary: another host, without the first one's cache, repeats no finished one."""

from dataclasses import dataclass, replace

import pytest

from jobs.cli.local import MemoryArtifacts
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Criterion, Proof
from jobs.domain.task import Task, TaskState
from jobs.pipeline import execute
from jobs.ports import Tools
from jobs.queue.results import SharedResults
from tests.factories import a_run, a_spec, a_task
from tests.fakes import PROOF, RIGHT, SUITE, FakeEngine, FakeJournal, Killed, Remote, World
from tests.verification import MemoryCache


@dataclass(frozen=True)
class Work:
    """What one host did."""

    engine: int
    """Calls of the engine."""
    suite: int
    """Runs of the suite: two on the target base, then one for a change."""
    proof: bool
    """Whether the criterion's proof was run."""
    pushes: int


NOTHING = Work(engine=0, suite=0, proof=False, pushes=0)
PREPARED = Work(engine=0, suite=2, proof=False, pushes=0)
GENERATED = Work(engine=1, suite=2, proof=False, pushes=0)
VERIFIED = Work(engine=1, suite=3, proof=True, pushes=0)
PUSHED = Work(engine=1, suite=3, proof=True, pushes=1)

BOUNDARIES = {
    "begun": (NOTHING, PUSHED),
    "generating": (PREPARED, Work(engine=1, suite=1, proof=True, pushes=1)),
    "verifying": (GENERATED, Work(engine=0, suite=1, proof=True, pushes=1)),
    "verified": (VERIFIED, Work(engine=0, suite=0, proof=False, pushes=1)),
    "opening": (VERIFIED, Work(engine=0, suite=0, proof=False, pushes=1)),
    "committed": (VERIFIED, Work(engine=0, suite=0, proof=False, pushes=1)),
    "pushed": (PUSHED, NOTHING),
    "opened": (PUSHED, NOTHING),
}
"""Where a worker is lost → what it had done, and all that the next one does."""

SAVED = {
    "begun": lambda run: run.state is RunState.PREPARING,
    "generating": lambda run: run.state is RunState.GENERATING,
    "verifying": lambda run: run.state is RunState.VERIFYING,
    "verified": lambda run: run.verdict is not None,
    "opening": lambda run: run.state is RunState.OPENING,
    "committed": lambda run: run.head is not None,
}
"""Boundaries at which the run is saved; at the other two only GitLab knows."""


def a_started_task() -> Task:
    criterion = Criterion(id="AC1", text="Half is rounded up", proof=Proof(command=PROOF))
    task = a_task(spec=a_spec(criteria=(criterion,)), state=TaskState.RUNNING, waiting=None)
    return task.note(run=a_run(task), runs=1)


@dataclass
class Host:
    """A worker's machine with a cache of its own; remote and store are the same for all."""

    world: World

    @property
    def tools(self) -> Tools:
        cache = SharedResults(MemoryCache(), self.world.artifacts)
        return replace(self.world.tools, cache=cache)

    def work(self, pushes_before: int = 0) -> Work:
        ran = self.world.workspaces.ran
        return Work(
            engine=len(self.world.engine.briefs),
            suite=ran.count(" ".join(SUITE)),
            proof=any(one.endswith(PROOF) for one in ran),
            pushes=len(self.world.remote.pushes) - pushes_before,
        )


def a_host(remote: Remote, artifacts: MemoryArtifacts) -> Host:
    return Host(World(FakeEngine([RIGHT]), remote=remote, artifacts=artifacts))


async def saved_until(boundary: str) -> int | None:
    """Which version of the run is the first at this boundary."""
    if boundary not in SAVED:
        return None
    whole = FakeJournal()
    await execute(a_started_task(), World(FakeEngine([RIGHT])).tools, whole)
    return next(at for at, run in enumerate(whole.saved, 1) if SAVED[boundary](run))


@pytest.mark.parametrize("boundary", BOUNDARIES)
async def test_another_host_does_only_what_is_left(boundary: str) -> None:
    before, after = BOUNDARIES[boundary]
    first = a_host(World(FakeEngine([])).remote, MemoryArtifacts())
    first.world.forge.dies = boundary
    journal = FakeJournal(dies_at=await saved_until(boundary))
    task = a_started_task()
    with pytest.raises(Killed):
        await execute(task, first.tools, journal)
    assert first.work() == before

    second = a_host(first.world.remote, first.world.artifacts)
    left: Run = journal.saved[-1]
    run = await execute(task.note(run=left), second.tools, FakeJournal())
    assert second.work(pushes_before=before.pushes) == after
    assert run.state is RunState.DELIVERED
    assert [head for _, head in second.world.remote.pushes] == [run.head]
    assert run.spend.requests == 2, "what the first host spent is counted once"
