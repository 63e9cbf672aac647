"""App Home while a task runs in a thread; an act from there is carried out; charts for operators alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from jobs.domain.plan import Plan, Priority
from jobs.domain.task import TaskState, Thread, Waiting
from playground.person import Person
from playground.slack.payload import strings
from tests.factories import a_task
from tests.story.world import PATIENCE, Payload, World, running, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running() as world, world.stack.bot(), world.stack.worker():
        await world.stack.ready()
        yield world


async def shown(person: Person, words: str) -> Payload:
    """The person's tab, once it says these words."""

    async def there() -> Payload | None:
        view = await person.home()
        return view if view and words in "\n".join(strings(view["blocks"], "text")) else None

    return await person.wait_for(there, PATIENCE)


async def test_home_follows_a_task_carries_out_an_act_and_shows_operators_their_charts(world: World) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later, _ = await world.store.create(
        a_task(thread=Thread(channel="C0PAY"), waiting=Waiting.SCHEDULE, plan=Plan(not_before=tomorrow))
    )
    async with Person(world.stack.slack, "U0BEN") as ben:
        await world.ana.open_home()
        await ben.open_home()
        running_there = asyncio.create_task(shown(world.ana, "*Running.*"))
        task = await world.ask(sample())
        view = await running_there

        option = {"value": f"{later.id}:high"}
        await world.ana.act(view["id"], "home_priority", selected_option=option)
        changed = await world.until(later, lambda now: now.plan.priority is Priority.HIGH)
        assert changed.plan.not_before == tomorrow

        await world.ana.act(view["id"], "home_cancel")
        await world.until(task, lambda now: now.state is TaskState.CANCELLED)
        await shown(world.ana, "1 cancelled")

        view = await shown(ben, "The charts were drawn")
        images = [one for one in view["blocks"] if one["type"] == "image"]
        assert len(images) == 5 and all("Week of" in one["alt_text"] for one in images)
        mine = await world.ana.home()
        assert mine and not [one for one in mine["blocks"] if one["type"] == "image"]
    assert [one["method"] for one in await world.refused_calls()] == []
