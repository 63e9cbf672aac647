"""A task in review, through real Bolt: changes are requested in a modal, merge and close are acts."""

from typing import Any

from jobs import messages
from jobs.domain.action import ActKind
from jobs.domain.review import MergeRequest
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from playground.person import Person
from tests.bot.test_stories import acts, queued
from tests.bot.world import PAY, Bot, head, told
from tests.factories import NOON, a_merge_request, a_run

Payload = dict[str, Any]
Entries = dict[str, dict[str, Payload]]


async def in_review(bot: Bot, person: Person) -> Task:
    """A task of this person with an open merge request, its head message showing that."""
    task = await queued(bot, person)
    if task.state is TaskState.PROPOSED:
        task = await bot.store.change(task.id, lambda now: now.to(TaskState.WAITING))
    request: MergeRequest = a_merge_request(sha="a" * 40)
    run = a_run(task, state=RunState.PREPARING, started_at=NOON)
    task = await bot.store.change(task.id, lambda now: now.to(TaskState.RUNNING, run=run, runs=1))

    def delivered(now: Task) -> Task:
        ended = now.run.model_copy(update={"state": RunState.STOPPED, "ended_at": NOON}) if now.run else None
        return now.to(TaskState.IN_REVIEW, run=ended, merge_request=request)

    task = await bot.store.change(task.id, delivered)
    message = messages.head(task)
    assert task.thread is not None and task.thread.ts is not None
    await bot.client.chat_update(
        channel=PAY, ts=task.thread.ts, text=message.text, blocks=[dict(one) for one in message.blocks]
    )
    return task


async def opened(person: Person) -> Payload:
    async def ready() -> Payload | None:
        stack = await person.views()
        return stack[-1] if stack and stack[-1].get("callback_id") == "request_changes" else None

    found: Payload = await person.wait_for(ready, 5)
    return found


async def test_what_is_wrong_is_asked_for_and_becomes_one_act(bot: Bot, ana: Person) -> None:
    task = await in_review(bot, ana)
    await ana.click(PAY, (await head(ana))["ts"], "review_changes")
    view = await opened(ana)
    values: Entries = {
        "changes": {"changes": {"value": "The sign is wrong."}},
        "criteria": {"criteria": {"selected_options": [{"value": "AC1"}]}},
    }
    assert await ana.submit(view["id"], values) == {"ok": True}
    assert await acts(bot) == [(ActKind.REQUEST_CHANGES, "U0ANA")]
    (kept,) = await bot.store.connection.call("ZRANGE", "cg:acts", 0, -1)
    act = await bot.store.act(kept.decode())
    assert act is not None and act.payload == {"text": "The sign is wrong.", "criteria": ["AC1"]}
    assert f"`{task.id}` is reworked" in await told(ana)


async def test_an_empty_form_goes_back(bot: Bot, ana: Person) -> None:
    await in_review(bot, ana)
    await ana.click(PAY, (await head(ana))["ts"], "review_changes")
    view = await opened(ana)
    blank: Entries = {
        "changes": {"changes": {"value": "   "}},
        "criteria": {"criteria": {"selected_options": []}},
    }
    answer = await ana.submit(view["id"], blank)
    assert answer["errors"] == {"changes": "Please say what is wrong."}
    assert await acts(bot) == []


async def test_merge_and_the_menu_are_acts(bot: Bot, ana: Person) -> None:
    task = await in_review(bot, ana)
    where = (await head(ana))["ts"]
    await ana.click(PAY, where, "review_merge")
    await ana.click(PAY, where, "review_more", selected_option={"value": f"close:{task.id}"})
    assert await acts(bot) == [(ActKind.MERGE, "U0ANA"), (ActKind.CLOSE, "U0ANA")]


async def test_who_has_no_say_is_told_so(bot: Bot, ana: Person, ben: Person) -> None:
    await in_review(bot, ana)
    await ben.click(PAY, (await head(ben))["ts"], "review_changes")
    assert "U0ANA" in await told(ben)
    assert (await ben.views(), await acts(bot)) == ([], [])
