"""The page on the real Slack stand-in, with a real Bolt app behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import SIGNING_KEY
from tests.playground.conftest import PATIENCE
from tests.playground.page.steps import command
from tests.playground.slack.bolt_app import bolt_app

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Ana's page; the app hears of her over signed HTTP."""
    slack = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY)
    async with serving(slack.app) as url, serving(bolt_app(url).web_app("/slack/events")) as app:
        slack.delivery.request_url = f"{app}/slack/events"
        opened = await browser.new_page(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
        opened.set_default_timeout(PATIENCE)
        await opened.goto(f"{url}/?user=U0ANA#/C0PAY")
        yield opened
        await opened.close()


async def test_a_spec_is_asked_for_refused_corrected_and_cancelled(page: Page) -> None:
    await command(page, "/codegen")
    dialog = page.get_by_role("dialog", name="New spec")
    await dialog.get_by_role("textbox", name="Title").fill("bad")
    await dialog.get_by_role("combobox", name="Repository").fill("pay")
    await page.get_by_role("option", name="payments/api").click()
    await dialog.get_by_role("button", name="Create").click()
    title = dialog.get_by_role("textbox", name="Title")
    await expect(title).to_have_accessible_description("Say more.")
    await title.fill("Round half up & <b>")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    log = page.get_by_role("log", name="Messages in #payments")
    await expect(log.get_by_text("for @Ana")).to_be_visible()
    await log.get_by_role("button", name="Cancel").click()
    await expect(log.get_by_text("cancelled")).to_be_visible()


async def test_a_mention_is_answered_in_the_thread_and_help_only_for_the_person(page: Page) -> None:
    await command(page, "@codegen are you there? 1 < 2 & 3")
    log = page.get_by_role("log", name="Messages in #payments")
    await expect(log.get_by_text("are you there? 1 < 2 & 3")).to_be_visible()
    await log.get_by_role("button", name="1 reply").click()
    await expect(page.get_by_role("complementary", name="Thread").get_by_text("Yes?")).to_be_visible()
    await command(page, "/codegen help")
    await expect(log.get_by_text("Only visible to you")).to_be_visible()
    await expect(log.get_by_text("Write a spec.")).to_be_visible()
    await command(page, "/unknown")
    await expect(page.get_by_role("alert")).to_have_count(1)
    await expect(page.get_by_role("alert")).to_contain_text("/unknown is not a valid command.")
