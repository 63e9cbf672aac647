"""While it runs: a reply is kept for the next round, an answer goes back, the cross ends it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from jobs.domain.feedback import FeedbackKind
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from playground.demo.run import CHANNEL
from tests.story.world import PATIENCE, World, running, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")
Payload = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running() as world, world.stack.bot(), world.stack.worker():
        await world.stack.ready()
        yield world


def verifying(task: Task) -> bool:
    return task.run is not None and task.run.state is RunState.VERIFYING


async def message(world: World, task: Task, beginning: str) -> Payload:
    """The reply in the task's thread that begins so, once it is there."""

    async def there() -> Payload | None:
        return next((one for one in await world.everything(task) if one["text"].startswith(beginning)), None)

    return await world.ana.wait_for(there, PATIENCE)


async def test_an_answer_goes_back_a_reply_is_heard_and_the_cross_ends_it(world: World) -> None:
    task = await world.ask(sample(title="Round half up, with a question"))
    task = await world.until(task, lambda now: bool(now.run and now.run.assumptions))
    await world.control(world.stack.model, "slow", times=1, seconds=300)
    assert task.run is not None and task.thread is not None and task.thread.ts is not None
    (question,) = task.run.assumptions
    asked = await message(world, task, "*A question came up:*")
    said = await world.ana.message(CHANNEL, "Say so in the docstring.", thread_ts=task.thread.ts)

    async def marked() -> bool:
        (own,) = [one for one in await world.thread(task) if one["ts"] == said]
        return [one["name"] for one in own.get("reactions", [])] == ["white_check_mark"]

    assert await world.ana.wait_for(marked, PATIENCE)
    other = next(n for n, one in enumerate(question.options) if one != question.chosen)
    block = f"{task.id}:{question.run}:Q1:{other}"
    await world.ana.click(CHANNEL, asked["ts"], "question_answer", block_id=block)
    task = await world.until(task, lambda now: now.runs == 2 and verifying(now))
    run = task.run
    assert task.thread is not None and task.thread.ts is not None
    await world.ana.react(CHANNEL, task.thread.ts, "x")
    assert run is not None and run.rewind is not None and not run.rewind.gone
    assert [(one.run, one.chosen) for one in run.assumptions] == [(question.run, question.options[other])]
    assert {one.kind for one in run.feedback} == {FeedbackKind.REPLY, FeedbackKind.ANSWER}
    states = [one.facts.get("run_state") for one in await world.store.history(task.id)]
    assert states.count("superseded") == 1
    settled = await message(world, task, "*Answered.*")
    assert (settled["ts"], len(settled["blocks"])) == (asked["ts"], 1), "in its place, without buttons"
    assert "The work goes on with that" in settled["blocks"][0]["text"]["text"]

    await message(world, task, "*Cancelled.*")
    task = await world.ended(task)
    assert (task.state, await world.requests()) == (TaskState.CANCELLED, [])
    assert await world.refused_calls() == []
