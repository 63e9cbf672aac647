"""What goes wrong is said in the thread, with the remedy; nothing is pushed, and no secret is told."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from jobs.domain.task import Task, TaskState
from playground.demo.run import CHANNEL
from playground.stack import GITLAB_TOKEN
from tests.story.world import PATIENCE, World, running, sample, secrets_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running() as world, world.stack.bot(), world.stack.worker():
        await world.stack.ready()
        yield world


async def summary(world: World, task: Task) -> str:
    """The text of a stopped task's summary."""
    task = await world.ended(task)
    assert task.state is TaskState.STOPPED, task
    thread = await world.thread(task)
    text: str = thread[1]["blocks"][0]["text"]["text"]
    assert text.startswith("*Stopped.* ")
    assert text.endswith("Nothing was pushed.")
    return text


async def proposal(world: World, task: Task) -> str:
    """The texts of a spec's head message once it was looked at and something must be mended."""
    task = await world.until(task, lambda now: now.looked_at)
    assert task.state is TaskState.PROPOSED, task

    async def said() -> str:
        head = str((await world.thread(task))[0])
        return head if "task_mend" in head else ""

    return await world.ana.wait_for(said, PATIENCE)


async def test_a_running_task_is_cancelled(world: World) -> None:
    await world.control(world.stack.model, "slow", times=1, seconds=300)
    task = await world.ask(sample(title="Round half up, to be cancelled"))
    await world.generating(task)

    await world.click(task, "task_cancel")
    task = await world.ended(task)

    assert task.state is TaskState.CANCELLED
    thread = await world.thread(task)
    assert thread[1]["text"].startswith("*Cancelled.*")
    await world.control(world.stack.model, "reset")


async def test_a_branch_that_does_not_exist(world: World) -> None:
    task = await world.ask(sample(title="Round half up on another branch", target="release-9"))

    text = await proposal(world, task)

    assert "There is no branch, tag or commit release-9 in payments/api." in text
    assert "Check its name." in text


async def test_a_repository_that_is_gone(world: World) -> None:
    await world.control(
        world.stack.gitlab, "fail", method="GET", path="/projects/payments/api", status=404, times=8
    )
    task = await world.ask(sample(title="Round half up where nothing is"))

    assert "GitLab has no payments/api that the bot can see." in await proposal(world, task)
    await world.control(world.stack.gitlab, "reset_calls")


async def test_a_token_that_gitlab_refuses(world: World) -> None:
    await world.control(world.stack.gitlab, "token", token=GITLAB_TOKEN, revoked=True)
    task = await world.ask(sample(title="Round half up without a token"))

    assert "GitLab refused the token." in await proposal(world, task)
    await world.control(world.stack.gitlab, "token", token=GITLAB_TOKEN, revoked=False)


async def test_a_model_that_is_busy_and_then_answers_garbage(world: World) -> None:
    await world.control(world.stack.model, "rate_limit", times=5, retry_after=0)
    await world.control(world.stack.model, "garbage", times=1)
    task = await world.ask(sample(title="Round half up with a broken model"))

    text = await summary(world, task)

    assert "The model openai:scripted" in text
    assert (await world.calls(world.stack.model))["requests"] == 6, "it was asked a bounded number of times"


async def test_a_repository_whose_tests_cannot_run_costs_nothing(world: World) -> None:
    await world.control(world.stack.model, "reset")
    await world.push(tests__conftest="import a_package_that_nobody_installed\n")
    task = await world.ask(sample(title="Round half up where no test runs"))

    text = await summary(world, task)

    assert "payments/api at main" in text
    assert "Run `" in text, "the remedy names the command"
    assert (await world.calls(world.stack.model))["requests"] == 0
    await world.push(tests__conftest=None)


async def test_nothing_was_pushed_and_nothing_was_told(world: World) -> None:
    assert await world.branches() == []
    assert await world.requests() == []
    said = await world.everything_said()
    assert secrets_in(said) == []
    assert "Traceback" not in said
    assert "Traceback" not in str(await world.ana.messages(CHANNEL))
