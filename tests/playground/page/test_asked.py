"""What people are asked, told in the morning and shown of two versions, in a browser on the real bot."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, expect

from jobs import messages
from jobs.domain.action import ActKind
from jobs.domain.morning import Morning, Reminder
from jobs.domain.task import Task, TaskState
from jobs.domain.version import kept_versions
from jobs.ports import Message
from playground.person import Person
from tests.bot import test_consent, test_thread
from tests.bot.test_stories import acts
from tests.bot.world import PAY, Bot
from tests.factories import NOON, a_spec
from tests.playground.page.steps import overflowing
from tests.playground.page.test_real_bot import Desk, desk
from tests.story.test_10_a_morning import night

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def posted(bot: Bot, message: Message) -> str:
    sent = await bot.client.chat_postMessage(
        channel=message.channel, text=message.text, blocks=list(message.blocks)
    )
    return str(sent["ts"])


def thread(at: Desk) -> Locator:
    return at.page.get_by_role("complementary", name="Thread")


async def test_a_question_is_answered_in_own_words(browser: Browser, redis_url: str) -> None:
    async with desk(browser, redis_url) as at:
        async with Person(at.slack, "U0ANA") as ana:
            await test_thread.asked(at.bot, ana)
        await at.page.get_by_role("button", name="1 reply").click()
        await expect(thread(at).get_by_role("button", name="Keep this")).to_be_visible()
        await expect(thread(at).get_by_role("button", name="Choose this")).to_have_count(1)
        await thread(at).get_by_role("button", name="Something else").click()
        await at.view.get_by_role("textbox").fill("Ask the customer.")
        assert await overflowing(at.page) == []
        await at.view.get_by_role("button").last.click()
        await expect(at.view).to_have_count(0)
        assert await acts(at.bot) == [(ActKind.ANSWER, "U0ANA")]


async def test_a_maintainer_allows_what_holds_a_run_up(browser: Browser, redis_url: str) -> None:
    async with desk(browser, redis_url) as at:
        async with Person(at.slack, "U0ANA") as ana:
            await test_consent.asked(at.bot, ana)
        await at.page.goto(at.page.url.replace("U0ANA", "U0EVE"))
        await at.page.get_by_role("button", name="1 reply").click()
        await expect(thread(at).get_by_text("May it change this?")).to_be_visible()
        await thread(at).get_by_role("button", name="Allow").click()
        await expect(thread(at).get_by_text("Allowed.")).to_be_visible()
        assert await overflowing(at.page) == []
        assert await acts(at.bot) == [(ActKind.CONSENT, "U0EVE")]


async def test_two_versions_stand_side_by_side_and_a_morning_leads_to_its_threads(
    browser: Browser, redis_url: str
) -> None:
    ready = night(1, "Round half up", TaskState.IN_REVIEW)
    lost = night(2, "No branch", TaskState.STOPPED, reason="There is no branch release/9.")
    reminder = Reminder(
        task=night(3, "An old review", TaskState.IN_REVIEW), since=NOON - timedelta(days=3), people=("U0BEN",)
    )
    morning = Morning(channel=PAY, day=NOON.date(), ready=(ready,), lost=(lost,), reminders=(reminder,))
    async with desk(browser, redis_url) as at:
        head = await posted(at.bot, messages.head(await versioned(at.bot, ready)))
        link = str((await at.bot.client.chat_getPermalink(channel=PAY, message_ts=head))["permalink"])
        await posted(at.bot, messages.digest(morning, {ready.id: link}, now=NOON))
        told = at.page.get_by_role("listitem").filter(has_text="Good morning.")
        await expect(told).to_contain_text("No branch: Stopped. There is no branch release/9.")
        await expect(told).to_contain_text("An old review, 3 days: @Ben")
        await told.get_by_role("link", name="Round half up").click()
        await thread(at).get_by_role("button", name="Compare versions").click()
        await expect(at.view).to_contain_text("Another goal altogether.")
        await expect(at.view).to_contain_text(ready.spec.goal)
        assert await overflowing(at.page) == []


async def versioned(bot: Bot, task: Task) -> Task:
    """The task, stored in its second version."""
    edited = task.note(
        versions=kept_versions(task), spec=a_spec(goal="Another goal altogether."), spec_version=2
    )
    kept, _ = await bot.store.create(edited)
    return kept
