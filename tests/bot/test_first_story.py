"""From `/codegen` to a task that waits for a worker and one message in the channel."""

from jobs.domain.task import TaskState
from playground.form import submit
from playground.person import Person
from tests.bot.world import PAY, Bot, entries, form, head, heads


async def test_a_command_becomes_a_task_and_one_message(bot: Bot, ana: Person) -> None:
    view = await form(ana)

    assert await submit(ana, view["id"], entries()) == {"ok": True}

    message = await head(ana)
    [task] = await bot.store.list()
    assert task.state is TaskState.PROPOSED, "nothing runs before it was looked at"
    assert task.requester.id == "U0ANA"
    assert task.spec.title == "Round half up in invoice totals"
    assert [one.id for one in task.spec.criteria] == ["AC1"]

    async def remembered() -> bool:
        stored = await bot.store.get(task.id)
        return bool(stored and stored.thread and stored.thread.ts == message["ts"])

    async def waits_for_a_worker() -> bool:
        return task.id in await bot.queue.queued((task.id,))

    assert await ana.wait_for(remembered, 5)
    assert await ana.wait_for(waits_for_a_worker, 5)
    assert len(await heads(ana, PAY)) == 1
    assert await ana.views() == []
