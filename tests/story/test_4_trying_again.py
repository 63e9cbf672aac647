"""A change that is not good enough is shown but not pushed; Retry tries again, for one request."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from jobs.domain.task import TaskState
from playground.demo.run import CHANNEL
from tests.story.world import World, running, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE_ROUND = """
[limits]
rounds = 1

[opinions]
model = "none"
"""
"""What came of a verification is told once: nobody's opinion is asked for."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running(settings_more=ONE_ROUND) as world, world.stack.bot(), world.stack.worker():
        await world.stack.ready()
        yield world


async def test_a_rejected_change_is_attached_and_not_pushed(world: World) -> None:
    closed = {"allow": ["src/**", "tests/**", "docs/**"], "deny": ["CHANGELOG.md"]}
    task = await world.ask(sample(title="Round half up, changelog closed", paths=closed))

    task = await world.ended(task)

    assert task.state is TaskState.REJECTED
    await world.told(task, replies=2)
    head, summary, attached = await world.thread(task)
    assert "Not good enough to open." in summary["blocks"][0]["text"]["text"]
    assert "CHANGELOG.md" in summary["blocks"][0]["text"]["text"]
    (file,) = attached["files"]
    assert file["name"].endswith("rejected.diff")
    assert await world.branches() == []

    await world.click(task, "task_retry")
    await world.until(task, lambda now: now.runs == 2 and now.state is TaskState.REJECTED)
    await world.told(task, replies=4)
    assert [one["ts"] for one in await world.heads()] == [head["ts"]], "the head message is the same one"


@pytest.mark.cases
async def test_what_was_pushed_is_picked_up_again(world: World) -> None:
    await world.control(
        world.stack.gitlab, "fail", method="POST", path="/merge_requests", status=403, times=1
    )
    task = await world.ask(sample(title="Round half up, refused at first"))
    task = await world.ended(task)
    assert task.state is TaskState.STOPPED
    assert await world.branches() == [f"codegen/{task.id}"]

    await world.click(task, "task_retry")
    task = await world.until(task, lambda now: now.state is TaskState.IN_REVIEW)

    assert task.runs == 2
    assert await world.branches() == [f"codegen/{task.id}"]
    (request,) = await world.requests()
    assert request["source_branch"] == f"codegen/{task.id}"
    assert "3 of 3 criteria proven" in request["description"]


@pytest.mark.cases
async def test_a_request_whose_answer_was_lost_is_found_again(world: World) -> None:
    await world.control(
        world.stack.gitlab, "fail", method="POST", path="/merge_requests", status=502, after_commit=True
    )
    # no paths: else it would wait for the open merge request of the story before
    task = await world.ask(sample(title="Round half up, answer lost", paths={}))
    task = await world.ended(task)

    assert task.state is TaskState.IN_REVIEW
    titles = [one["title"] for one in await world.requests()]
    assert titles.count("Round half up, answer lost") == 1
    assert len([one for one in await world.ana.messages(CHANNEL) if task.id in str(one.get("blocks"))]) == 1
