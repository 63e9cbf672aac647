"""A channel: messages, blocks, the keyboard, notices, the app's Home."""

import pytest
from playwright.async_api import expect

from tests.playground.page import payloads
from tests.playground.page.conftest import Open
from tests.playground.page.scripted import Payload, ScriptedSlack
from tests.playground.page.steps import command, overflowing

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_keyboard_alone_is_enough(slack: ScriptedSlack, open_page: Open) -> None:
    slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.HEAD_BLOCKS)
    page = await open_page()
    await expect(page.get_by_role("button", name="More options")).to_be_visible()
    await page.get_by_role("button", name="More options").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Show the log")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    picked = await slack.until_sent("action")
    assert picked["selected_option"]["value"] == "spec"
    await expect(page.get_by_role("button", name="More options")).to_be_focused()

    await page.get_by_role("button", name="More actions").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Make this a task")).to_be_focused()
    await page.keyboard.press("Enter")
    shortcut = await slack.until_sent("shortcut")
    assert (shortcut["callback_id"], shortcut["message_ts"]) == ("new_spec_from", slack.messages[0]["ts"])

    area = page.get_by_role("textbox", name="Message #payments")
    await area.focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two <b>")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("two <b>")).to_be_visible()
    assert slack.sent("message")[-1]["text"] == "one\ntwo <b>"
    await expect(area).to_have_value("")
    await expect(area).to_be_focused()


async def test_slacks_own_words_are_shown_once(slack: ScriptedSlack, open_page: Open) -> None:
    words = '/codegen failed with the error "dispatch_failed"'

    def failing(body: Payload) -> Payload:
        slack.tell("notice", text=words)
        return {"ok": False, "error": "dispatch_failed"}

    slack.reactions["command"] = failing
    page = await open_page()
    await command(page, "/codegen help")
    await expect(page.get_by_role("alert").filter(has_text=words)).to_have_count(1)
    await expect(page.get_by_role("textbox", name="Message #payments")).to_have_value("/codegen help")
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_every_kind_of_block_is_shown(slack: ScriptedSlack, open_page: Open) -> None:
    slack.files["F1"] = ("text/plain", b"@@ -1 +1 @@\n-old\n+new\n")
    patch = {"id": "F1", "name": "patch.diff", "mimetype": "text/plain", "filetype": "diff", "size": 23}
    slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.SUMMARY_BLOCKS, files=[patch])
    slack.say(user="U0BOT", text="Not for you", is_ephemeral=True)
    page = await open_page()
    log = page.get_by_role("log")
    await expect(log.locator("blockquote")).to_have_text("Finance expects half up")
    await expect(log.locator("s")).to_have_text("banker's")
    await expect(log.get_by_role("row")).to_have_count(3)
    await expect(log.get_by_role("columnheader", name="Base")).to_be_visible()
    await expect(log.get_by_role("link", name="src/totals.py")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    await expect(log.get_by_text("@Ben")).to_be_visible()
    await expect(log.get_by_role("heading", name="Next")).to_be_visible()
    await expect(log.get_by_role("img", name="done")).to_have_count(1)
    await expect(log.get_by_text("One criterion has weak proof.")).to_be_visible()
    await expect(log.get_by_text("Unknown block: carousel")).to_be_visible()
    await expect(log.locator(".diff-added")).to_have_text("+new\n")
    await expect(log.get_by_text("Only visible to you")).to_be_visible()


async def test_home_reactions_and_another_person(slack: ScriptedSlack, open_page: Open) -> None:
    slack.say(
        user="U0BEN", text="Done", reactions=[{"name": "white_check_mark", "count": 1, "users": ["U0ANA"]}]
    )
    page = await open_page()
    await page.get_by_role("button", name="white_check_mark, 1: Ana").click()
    undo = await slack.until_sent("reaction")
    assert (undo["name"], undo["remove"]) == ("white_check_mark", True)

    await page.get_by_role("link", name="codegen").click()
    await expect(page.get_by_text("codegen has not published a Home for you yet.")).to_be_visible()
    await slack.until_sent("home", user="U0ANA")
    slack.home = payloads.view("VH", "Home", [{"type": "header", "text": payloads.words("Your tasks")}])
    slack.tell("home")
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()

    await page.get_by_label("You are").select_option("Ben")
    await expect(page.get_by_label("You are")).to_have_value("U0BEN")
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    await slack.until_sent("home", user="U0BEN")


async def test_a_small_window_shows_one_column_at_a_time(slack: ScriptedSlack, open_page: Open) -> None:
    slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.HEAD_BLOCKS)
    page = await open_page("/?user=U0ANA#/C0PAY", width=390, height=844)
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("link", name="web").click()
    await expect(page.get_by_role("heading", name="#web")).to_be_visible()
    await expect(page.get_by_role("link", name="payments", exact=True)).to_be_hidden()
    assert await overflowing(page) == []
