"""A change judged in its thread, by the real bot and a worker over Slack: each click does one thing, once."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import SecretStr

from jobs.adapters.slack import SlackMessenger
from jobs.domain.action import ActKind
from jobs.domain.feedback import FeedbackKind
from jobs.domain.intake import GateTable
from jobs.domain.operating import WorkerTable
from jobs.domain.run import Purpose
from jobs.domain.task import Task, TaskState
from jobs.stages.thread import announce
from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.bot.test_reviewing import opened
from tests.bot.test_stories import queued
from tests.bot.world import OPERATOR, PAY, Bot
from tests.bot.world import running as bot_running
from tests.worker.fakes import Fakes, a_settings, at_work, until
from tests.worker.test_answers import an_act

Payload = dict[str, Any]
AT_WORK = {
    "worker": WorkerTable(runs=4, lease_seconds=5.0, grace_seconds=0.2),
    "gate": GateTable(suite=False),
}


@dataclass
class Room:
    """Slack with the bot and a worker at it, and Ana who looks at her thread."""

    slack: SlackStandIn
    bot: Bot
    fakes: Fakes
    ana: Person

    async def delivered(self) -> Task:
        """A change that Ana asked for, in review, summed up in its thread."""
        task = await queued(self.bot, self.ana)
        task = await self.until(task, lambda now: now.state is TaskState.IN_REVIEW)
        await self.reply(task, "Ready for review:")
        return task

    async def until(self, task: Task, wanted: Callable[[Task], bool]) -> Task:
        return await until(self.bot.store, task.id, wanted)

    async def thread(self, task: Task) -> list[Payload]:
        now = await self.bot.store.get(task.id)
        assert now is not None and now.thread is not None and now.thread.ts is not None
        return await self.ana.replies(PAY, now.thread.ts)

    async def reply(self, task: Task, words: str) -> Payload:
        """The newest message of the thread that shows these words, once it is there."""

        async def there() -> Payload | None:
            shown = await self.thread(task)
            return next((one for one in reversed(shown) if words in str(one.get("blocks", ""))), None)

        return await self.seen(there)

    async def seen(self, look: Callable[[], Awaitable[Payload | None]]) -> Payload:
        return await self.ana.wait_for(look, 30)

    async def click(self, task: Task, words: str, action: str, **entry: Any) -> None:
        where = await self.reply(task, words)
        await self.ana.click(PAY, where["ts"], action, **entry)


@pytest.fixture
async def room(redis_url: str) -> AsyncIterator[Room]:
    slack = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY, clock=time.time)
    operator = OPERATOR.model_copy(update=AT_WORK)
    settings = a_settings(redis_url).model_copy(update={"operator": operator})
    async with (
        serving(slack.app) as url,
        bot_running(slack_url=url, redis_url=redis_url, operator=operator) as bot,
        Person(url, "U0ANA") as ana,
    ):
        fakes = Fakes(bot.store)
        spoken = SlackMessenger(f"{url}/api/", SecretStr(BOT_KEY))
        workshop = replace(fakes.workshop(), messenger=spoken, announce=announce)
        async with at_work(bot.store, bot.queue, workshop, settings):
            yield Room(slack, bot, fakes, ana)


async def test_what_is_wrong_is_reworked_and_a_later_word_waits_for_a_click(room: Room) -> None:
    task = await room.delivered()
    await room.click(task, "In review.", "review_changes")
    view = await opened(room.ana)
    wrong: dict[str, dict[str, Payload]] = {
        "changes": {"changes": {"value": "The sign is wrong."}},
        "criteria": {"criteria": {"selected_options": [{"value": "AC1"}]}},
    }
    assert await room.ana.submit(view["id"], wrong) == {"ok": True}
    task = await room.until(task, lambda now: now.runs == 2 and now.state is TaskState.IN_REVIEW)
    assert task.run is not None and task.run.purpose is Purpose.REWORK
    (heard,) = task.run.feedback
    assert ("The sign is wrong." in heard.text, heard.criteria) == (True, ("AC1",))
    await room.reply(task, "Reworked as asked:")

    assert task.thread is not None
    await room.ana.message(PAY, "Credit notes as well, please.", thread_ts=task.thread.ts)
    offer = await room.reply(task, "Kept, nothing runs yet.")
    assert "Credit notes as well, please." in str(offer["blocks"])
    assert (await room.until(task, lambda now: bool(now.feedback))).runs == 2, "a reply begins nothing"
    await room.ana.click(PAY, offer["ts"], "replies_revise")
    task = await room.until(task, lambda now: now.runs == 3 and now.state is TaskState.IN_REVIEW)
    assert task.run is not None and [one.kind for one in task.run.feedback] == [FeedbackKind.REPLY]
    settled = await room.reply(task, "Taken into account")
    assert (settled["ts"], len(settled["blocks"])) == (offer["ts"], 1), "in its place, without the button"


async def test_merge_settles_once_and_closing_ends_it(room: Room) -> None:
    task = await room.delivered()
    for _ in range(2):
        await room.click(task, "In review.", "review_merge")
    task = await room.until(task, lambda now: now.wish is not None and now.wish.done)
    asked = await room.reply(task, "asked for the merge.")
    assert "review_merge" not in str(asked["blocks"]), "the button is a line by now"
    assert len(room.fakes.review.merges) == 1

    await room.click(task, "In review.", "review_more", selected_option={"value": f"close:{task.id}"})
    task = await room.until(task, lambda now: now.state is TaskState.CLOSED)
    await room.reply(task, "Closed.")
    assert len(room.fakes.review.closed) == 1
    assert [one["method"] for one in room.slack.state.calls if one.get("error")] == []


async def test_a_deleted_head_comes_back_and_an_archived_channel_is_told_directly(room: Room) -> None:
    task = await room.delivered()
    assert task.thread is not None and task.thread.ts is not None
    await room.bot.client.chat_delete(channel=PAY, ts=task.thread.ts)
    await room.bot.queue.act(an_act(task, ActKind.REBASE))
    task = await room.until(
        task, lambda now: bool(now.thread and task.thread and now.thread.ts != task.thread.ts)
    )
    assert "Round half up in invoice totals" in str((await room.thread(task))[0]["blocks"])
    task = await room.until(task, lambda now: now.state is TaskState.IN_REVIEW and now.runs == 2)

    room.slack.state.conversation(PAY).is_archived = True
    await room.bot.queue.act(an_act(task, ActKind.CLOSE))

    async def directly() -> Payload | None:
        # the conversation is there only once something was said in it
        return next((one.payload for one in room.slack.state.messages.by_channel.get("D00ANA", ())), None)

    said = (await room.seen(directly))["text"]
    assert "I cannot write into <#C0PAY>" in said and "The channel is archived." in said
    assert (await room.until(task, lambda now: now.state is TaskState.CLOSED)).id in said
