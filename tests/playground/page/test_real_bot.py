"""What a person sees and presses, in a browser, on the real bot."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.views.evidence_words import evidence_words
from bot.views.words import batch_words, form_words
from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import SIGNING_KEY
from tests.bot.test_evidence import many, summed_up
from tests.bot.world import Bot, running
from tests.playground.conftest import PATIENCE
from tests.playground.page.steps import command, overflowing

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = (
    "bugfix | Round half up in totals | Totals are off by a cent today. | 2.665 totals 2.67; 0.5 totals 1\n"
    "docs | Say how totals are rounded | People ask support about cents. | README.md names half up; review"
)


@dataclass
class Desk:
    page: Page
    bot: Bot
    slack: str

    async def submit(self, words: str) -> None:
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("button", name=words, exact=True).click()

    @property
    def view(self) -> Locator:
        return self.page.get_by_role("dialog")


@asynccontextmanager
async def desk(browser: Browser, redis_url: str) -> AsyncIterator[Desk]:
    manifest = json.loads((Path(__file__).parents[3] / "manifest.json").read_text())
    slack = SlackStandIn(demo_workspace(manifest), signing_secret=SIGNING_KEY, clock=time.time)
    async with serving(slack.app) as url, running(slack_url=url, redis_url=redis_url) as bot:
        page = await browser.new_page(viewport={"width": 1280, "height": 860}, timezone_id="UTC")
        page.set_default_timeout(PATIENCE)
        await page.goto(f"{url}/?user=U0ANA#/C0PAY")
        yield Desk(page, bot, url)
        await page.close()


async def test_a_spec_is_written_in_three_steps_and_a_refused_step_keeps_what_was_written(
    browser: Browser, redis_url: str
) -> None:
    words = form_words("spec")
    async with desk(browser, redis_url) as at:
        await command(at.page, "/codegen")
        await at.view.get_by_role("combobox", name=words.fields["kind"].label).click()
        await at.page.get_by_role("option", name=words.options["kind"]["bugfix"].text).click()
        await at.page.locator("[data-focus-key=title]").fill("Round half up in invoice totals")
        goal = "Totals use banker's rounding; finance expects half up."
        await at.page.locator("[data-focus-key=goal]").fill(goal)
        await at.submit(words.steps["intent"].submit)

        criteria = at.page.locator("[data-focus-key=criteria]")
        await criteria.fill("It works")
        await at.submit(words.steps["success"].submit)
        await expect(criteria).to_have_value("It works")
        await expect(at.view.get_by_text("AC1")).to_be_visible()
        await criteria.fill("A line of 2.675 at two decimals totals 2.68")
        await at.submit(words.steps["success"].submit)

        await at.page.locator("[data-focus-key=usd]").wait_for()
        assert await overflowing(at.page) == []
        await at.submit(words.steps["running"].submit)
        log = at.page.get_by_role("log", name="Messages in #payments")
        await expect(log.get_by_text("Round half up in invoice totals").first).to_be_visible()
        await at.bot.settled()
        assert await created(at.bot) == ["Round half up in invoice totals"]


async def test_a_batch_is_looked_through_as_a_table_and_only_what_is_ticked_is_created(
    browser: Browser, redis_url: str
) -> None:
    words = batch_words()
    async with desk(browser, redis_url) as at:
        await command(at.page, "/codegen batch")
        await at.page.locator("[data-focus-key=document]").fill(LINES)
        await at.submit(words.check)
        await expect(at.view.get_by_role("checkbox")).to_have_count(2)
        assert await overflowing(at.page) == []
        await at.view.get_by_role("checkbox", name="Say how totals are rounded").uncheck()
        await at.submit(words.create_ticked)
        await expect(at.view).to_have_count(0)
        await at.bot.settled()
        assert await created(at.bot) == ["Round half up in totals"]


async def test_the_evidence_is_turned_page_by_page(browser: Browser, redis_url: str) -> None:
    words = evidence_words()
    async with desk(browser, redis_url) as at:
        async with Person(at.slack, "U0ANA") as ana:
            await summed_up(at.bot, ana, many(30))
        await at.page.get_by_role("button", name="1 reply").click()
        thread = at.page.get_by_role("complementary", name="Thread")
        await thread.get_by_role("button", name=words.title, exact=True).click()
        await expect(at.view.get_by_text("AC0", exact=True)).to_be_visible()
        await at.submit(words.next)
        await expect(at.view.get_by_text("Page 2 of")).to_be_visible()
        await expect(at.view.get_by_text("AC0", exact=True)).to_have_count(0)
        assert await overflowing(at.page) == []
        await at.submit(words.back)
        await expect(at.view.get_by_text("Page 1 of")).to_be_visible()


async def created(bot: Bot) -> list[str]:
    return [task.spec.title for task in await bot.store.list(limit=10)]
