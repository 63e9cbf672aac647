"""Workers are killed in the middle of a task, twice; the task goes on, and nothing of it is there twice."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from jobs.domain.event import first_broken
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from playground.stack import Stack
from tests.story.world import World, running, sample

ENGINE_ONLY = '\n[opinions]\nmodel = "none"\n'

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    # opinions are asked while verifying, so only the engine's calls are counted
    async with running(lease=2.0, settings_more=ENGINE_ONLY) as world, world.stack.bot():
        yield world


def verifying(task: Task) -> bool:
    return task.run is not None and task.run.state is RunState.VERIFYING


def elsewhere(world: World) -> Stack:
    """The same installation on another host: it has nothing of what the first one keeps on its disk."""
    home = str(world.stack.folder / "elsewhere")
    return replace(world.stack, environment={**world.stack.environment, "CODEGEN_HOME": home})


async def test_the_task_survives_the_end_of_two_workers(world: World) -> None:
    async with world.stack.worker("first") as first, world.stack.worker("second") as second:
        await world.stack.ready()
        await world.workers(2)
        await world.control(world.stack.model, "slow", times=1, seconds=300)
        second_waits = world.pause(second)
        task = await world.ask(sample())
        await world.generating(task)
        first.kill()
        second_waits()
        async with elsewhere(world).worker("third"):
            await world.until(task, verifying)
            second.kill()
            asked = (await world.calls(world.stack.model))["requests"]
            task = await world.ended(task)
            assert (await world.calls(world.stack.model))["requests"] == asked, "no model call is repeated"

    assert task.state is TaskState.IN_REVIEW
    assert task.runs == 1, "the same run went on"
    assert await world.branches() == [f"codegen/{task.id}"]
    assert len(await world.requests()) == 1
    thread = await world.thread(task)
    assert len(await world.heads()) == 1
    assert len(thread) == 2, "one head message, one summary"
    assert first_broken(await world.store.history(task.id)) is None
