"""Modals: what a person enters, and what is sent."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.playground.page import payloads
from tests.playground.page.conftest import Open
from tests.playground.page.scripted import Payload, ScriptedSlack
from tests.playground.page.steps import repositories

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_external_select_asks_while_typing_and_obeys_the_keyboard(
    slack: ScriptedSlack, open_page: Open
) -> None:
    slack.reactions["options"] = repositories
    slack.show(payloads.FORM)
    page = await open_page()
    field = page.get_by_role("combobox", name="Repository")
    await field.click()
    await expect(page.get_by_text("Type at least 1 character to search")).to_be_visible()
    await field.press_sequentially("pay")
    await slack.until_sent("options", value="pay")
    await expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(2)
    await expect(page.get_by_role("group", name="Payments")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("payments/ledger")
    await expect(field).to_have_attribute("aria-expanded", "false")
    await field.fill("nothing like it")
    await expect(page.get_by_text("No matching results")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(field).to_have_value("payments/ledger")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    assert await slack.until_sent("close") == {"user": "U0ANA", "view_id": "V1"}


async def test_entries_survive_an_update_with_the_same_ids(slack: ScriptedSlack, open_page: Open) -> None:
    slack.reactions["options"] = repositories
    slack.show(payloads.FORM)
    page = await open_page()
    title = page.get_by_role("textbox", name="Title")
    await title.fill("Half written")
    await page.get_by_role("combobox", name="Repository").fill("api")
    await page.get_by_role("option", name="payments/api").click()
    assert [body["value"] for body in slack.sent("action")] == ["Half written"]
    await title.focus()
    hint: Payload = {
        "type": "context",
        "block_id": "hint",
        "elements": [payloads.rich("main is the default branch")],
    }
    slack.show({**payloads.FORM, "hash": "2", "blocks": [hint, *payloads.FORM["blocks"]]})
    await expect(page.get_by_text("main is the default branch")).to_be_visible()
    await expect(title).to_have_value("Half written")
    await expect(title).to_be_focused()
    await expect(page.get_by_role("combobox", name="Repository")).to_have_value("payments/api")


async def test_a_pushed_view_leads_back_and_keeps_what_lies_below(
    slack: ScriptedSlack, open_page: Open
) -> None:
    slack.show(payloads.FORM)
    page = await open_page()
    await page.get_by_role("textbox", name="Title").fill("Kept")
    pushed = payloads.view("V2", "Budget", [{"type": "section", "text": payloads.rich("How much?")}])
    slack.show(payloads.FORM, pushed)
    await expect(page.get_by_role("dialog", name="Budget")).to_be_visible()

    def closed(body: Payload) -> Payload:
        slack.show(payloads.FORM)
        return {"ok": True}

    slack.reactions["close"] = closed
    await page.get_by_role("button", name="Back to New task").click()
    await expect(page.get_by_role("textbox", name="Title")).to_have_value("Kept")
    assert slack.sent("close") == [{"user": "U0ANA", "view_id": "V2"}]


async def test_a_view_with_every_element_sends_slacks_state_values(
    slack: ScriptedSlack, open_page: Open
) -> None:
    two = [payloads.option("One", "1"), payloads.option("Two", "2")]
    kinds: dict[str, Payload] = {
        "plain_text_input": {"initial_value": "a"},
        "number_input": {"is_decimal_allowed": False, "initial_value": "7"},
        "checkboxes": {"options": two, "initial_options": two[:1]},
        "radio_buttons": {"options": two},
        "multi_static_select": {"options": two},
        "users_select": {"initial_user": "U0BEN"},
        "conversations_select": {"initial_conversation": "C0PAY"},
        "datepicker": {"initial_date": "2026-11-21"},
        "timepicker": {"initial_time": "23:30"},
        "datetimepicker": {"initial_date_time": 1_795_300_020},
        "file_input": {},
    }
    blocks = [
        payloads.field(kind, f"The {kind}", {"type": kind, **more}, optional=True)
        for kind, more in kinds.items()
    ]
    slack.show(payloads.view("V3", "Everything", blocks, submit=payloads.words("Send")))
    page = await open_page()
    dialog = page.get_by_role("dialog", name="Everything")
    await dialog.get_by_role("group", name="The checkboxes").get_by_label("Two").check()
    await dialog.get_by_role("radiogroup", name="The radio_buttons").get_by_label("Two").check()
    await dialog.get_by_role("combobox", name="The multi_static_select").click()
    await page.get_by_role("option", name="One").click()
    await page.get_by_role("option", name="Two").click()
    await page.keyboard.press("Escape")
    await dialog.get_by_label("The file_input").set_input_files(
        FilePayload(name="spec.yml", mimeType="text/yaml", buffer=b"version: 1")
    )
    await expect(dialog.get_by_text("spec.yml · 10 bytes")).to_be_visible()
    await dialog.get_by_role("button", name="Send").click()
    values = (await slack.until_sent("submit"))["values"]
    said = {kind: {k: v for k, v in values[kind][kind].items() if k != "type"} for kind in kinds}
    assert said == {
        "plain_text_input": {"value": "a"},
        "number_input": {"value": "7"},
        "checkboxes": {"selected_options": two},
        "radio_buttons": {"selected_option": two[1]},
        "multi_static_select": {"selected_options": two},
        "users_select": {"selected_user": "U0BEN"},
        "conversations_select": {"selected_conversation": "C0PAY"},
        "datepicker": {"selected_date": "2026-11-21"},
        "timepicker": {"selected_time": "23:30"},
        "datetimepicker": {"selected_date_time": 1_795_300_020},
        "file_input": {
            "files": [{"name": "spec.yml", "mimetype": "text/yaml", "size": 10, "content": "version: 1"}]
        },
    }
