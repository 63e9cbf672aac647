"""The story of a person on the Slack page: the command, the form, the message, the thread."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.playground.page import payloads
from tests.playground.page.conftest import Open
from tests.playground.page.scripted import Payload, ScriptedSlack
from tests.playground.page.steps import command, repositories

pytestmark = pytest.mark.asyncio(loop_scope="session")


def scripted(slack: ScriptedSlack) -> None:
    """Let the app open a form, refuse the title "Fix", post a message, and answer a click in the thread."""

    def asked(body: Payload) -> Payload:
        slack.show(payloads.LOADING)
        return {"ok": True}

    def submitted(body: Payload) -> Payload:
        if body["values"]["title"]["title"]["value"] == "Fix":
            return {"ok": False, "errors": {"title": "Say what should change."}}
        slack.show()
        slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.HEAD_BLOCKS)
        return {"ok": True}

    def clicked(body: Payload) -> Payload:
        slack.say(user="U0BOT", bot_id="B0BOT", text="Cancelled.", thread_ts=body["message_ts"])
        return {"ok": True}

    slack.reactions |= {"command": asked, "submit": submitted, "action": clicked, "options": repositories}


async def test_from_the_command_to_the_thread(slack: ScriptedSlack, open_page: Open) -> None:
    scripted(slack)
    page = await open_page()
    await command(page, "/codegen round half up")
    dialog = page.get_by_role("dialog", name="New task")
    await expect(dialog).to_contain_text("Loading the form")
    sent = {"user": "U0ANA", "channel": "C0PAY", "command": "/codegen", "text": "round half up"}
    assert slack.sent("command") == [sent]
    slack.show(payloads.FORM)
    await fill_the_form(slack, dialog, page)
    await cancel_the_task(slack, page)
    await page.get_by_role("button", name="1 reply").click()
    await reply_in_the_thread(slack, page)


async def fill_the_form(slack: ScriptedSlack, dialog: Locator, page: Page) -> None:
    await expect(dialog.get_by_role("combobox", name="Kind")).to_have_value("bugfix")
    await dialog.get_by_role("button", name="Create task").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(4)
    assert slack.sent("submit") == []
    await dialog.get_by_role("combobox", name="Repository").fill("led")
    await page.get_by_role("option", name="payments/ledger").click()
    title = dialog.get_by_role("textbox", name="Title")
    await title.fill("Fix")
    await dialog.get_by_role("textbox", name="Goal", exact=True).fill("Totals are off by a cent")
    await dialog.get_by_role("textbox", name="Acceptance criteria").fill("2.675 totals 2.68\n0 stays 0")
    await dialog.get_by_role("button", name="Create task").click()
    await expect(title).to_have_accessible_description("Say what should change.")
    await expect(title).to_be_focused()
    await title.fill("Round half up")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("textbox", name="Message #payments")).to_be_focused()
    values = slack.sent("submit")[-1]["values"]
    assert values["title"] == {"title": {"type": "plain_text_input", "value": "Round half up"}}
    assert values["non_goals"]["non_goals"]["value"] is None
    assert values["repository"]["repository"]["selected_option"]["value"] == "payments/ledger"
    assert values["criteria"]["criteria"]["value"] == "2.675 totals 2.68\n0 stays 0"


async def cancel_the_task(slack: ScriptedSlack, page: Page) -> None:
    cancel = page.get_by_role("log").get_by_role("button", name="Cancel", exact=True)
    await cancel.click()
    question = page.get_by_role("alertdialog", name="Cancel this task?")
    await expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    assert slack.sent("action") == []
    await cancel.click()
    await question.get_by_role("button", name="Cancel task").click()
    await expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    click = slack.sent("action")[-1]
    assert (click["block_id"], click["action_id"], click["value"]) == ("act", "cancel", "cg-7k2m9q4d")
    assert (click["channel"], click["message_ts"]) == ("C0PAY", slack.messages[0]["ts"])


async def reply_in_the_thread(slack: ScriptedSlack, page: Page) -> None:
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Cancelled.")).to_be_visible()
    await expect(thread.get_by_role("textbox", name="Reply…")).to_be_focused()
    await page.keyboard.type("@codegen why & how?")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_text("why & how?")).to_be_visible()
    reply = slack.sent("message")[-1]
    assert (reply["text"], reply["thread_ts"]) == ("<@U0BOT> why & how?", slack.messages[0]["ts"])
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()
