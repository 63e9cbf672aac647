"""The bot over signed HTTP, killed while a form is open: another one takes the form, once."""

import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from jobs.domain.task import TaskState
from playground.demo.run import CHANNEL
from playground.form import fill
from tests.factories import a_repository
from tests.story.world import PATIENCE, World, running, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


PORT = free_port()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running(bot_port=PORT) as world:
        await world.store.publish_catalogue((a_repository(),))
        yield world


async def test_a_form_outlives_the_bot_that_opened_it(world: World) -> None:
    async with world.stack.bot(port=PORT) as first:
        await world.stack.ready()
        await world.ana.command("", CHANNEL)

        async def opened() -> bool:
            stack = await world.ana.views()
            return bool(stack) and stack[-1].get("callback_id") == "spec"

        await world.ana.wait_for(opened, PATIENCE)
        first.kill()
        await first.wait()
    async with world.stack.bot(port=PORT):
        await world.stack.ready()
        await fill(world.ana, sample(), within=PATIENCE)

        async def head() -> bool:
            return len(await world.heads()) == 1

        await world.ana.wait_for(head, PATIENCE)

    (task,) = await world.store.list()
    assert task.state is TaskState.PROPOSED, "a worker looks at it first"
    assert len(await world.heads()) == 1
    assert await world.refused_calls() == []
