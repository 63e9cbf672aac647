"""What a person does on the Slack page, from the slash command to the thread."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.playground.page import payloads
from tests.playground.page.conftest import Open
from tests.playground.page.scripted import Payload, ScriptedSlack

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def command(page: Page, text: str) -> None:
    """Write into the channel's composer and press Enter."""
    await page.get_by_role("textbox", name="Message #payments").fill(text)
    await page.keyboard.press("Enter")


def repositories(body: Payload) -> Payload:
    """Answer an external select with two groups, holding what was typed."""
    names = ("payments/api", "payments/ledger", "web/shop")
    groups = {"payments": "Payments", "web": "Web"}
    return {
        "ok": True,
        "option_groups": [
            {
                "label": payloads.words(label),
                "options": [payloads.option(n) for n in names if n.startswith(group) and body["value"] in n],
            }
            for group, label in groups.items()
        ],
    }


async def test_from_the_command_to_the_thread(slack: ScriptedSlack, open_page: Open) -> None:
    def submitted(body: Payload) -> Payload:
        if body["values"]["title"]["title"]["value"] == "Fix":
            return {"ok": False, "errors": {"title": "Say what should change."}}
        slack.show()
        slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.HEAD_BLOCKS)
        return {"ok": True}

    def clicked(body: Payload) -> Payload:
        slack.say(user="U0BOT", bot_id="B0BOT", text="Cancelled.", thread_ts=body["message_ts"])
        return {"ok": True}

    def asked(body: Payload) -> Payload:
        slack.show(payloads.LOADING)
        return {"ok": True}

    slack.reactions |= {"command": asked, "submit": submitted, "action": clicked, "options": repositories}
    page = await open_page()
    await command(page, "/codegen round half up")
    dialog = page.get_by_role("dialog", name="New task")
    await expect(dialog).to_contain_text("Loading the form")
    assert slack.sent("command") == [
        {"user": "U0ANA", "channel": "C0PAY", "command": "/codegen", "text": "round half up"}
    ]

    slack.show(payloads.FORM)
    await expect(dialog.get_by_role("combobox", name="Kind")).to_have_value("bugfix")
    await dialog.get_by_role("button", name="Create task").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(4)
    assert slack.sent("submit") == []

    await dialog.get_by_role("combobox", name="Repository").fill("led")
    await page.get_by_role("option", name="payments/ledger").click()
    await dialog.get_by_role("textbox", name="Title").fill("Fix")
    await dialog.get_by_role("textbox", name="Goal", exact=True).fill("Totals are off by a cent")
    await dialog.get_by_role("textbox", name="Acceptance criteria").fill("2.675 totals 2.68\n0 stays 0")
    await dialog.get_by_role("button", name="Create task").click()
    title = dialog.get_by_role("textbox", name="Title")
    await expect(title).to_have_accessible_description("Say what should change.")
    await expect(title).to_be_focused()
    await title.fill("Round half up")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    values = slack.sent("submit")[-1]["values"]
    assert values["title"] == {"title": {"type": "plain_text_input", "value": "Round half up"}}
    assert values["non_goals"]["non_goals"]["value"] is None
    assert values["repository"]["repository"]["selected_option"]["value"] == "payments/ledger"
    assert values["criteria"]["criteria"]["value"] == "2.675 totals 2.68\n0 stays 0"

    messages = page.get_by_role("log", name="Messages in #payments")
    await messages.get_by_role("button", name="Cancel", exact=True).click()
    question = page.get_by_role("alertdialog", name="Cancel this task?")
    await expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    assert slack.sent("action") == []
    await messages.get_by_role("button", name="Cancel", exact=True).click()
    await question.get_by_role("button", name="Cancel task").click()
    await messages.get_by_role("button", name="1 reply").click()
    click = slack.sent("action")[-1]
    assert (click["block_id"], click["action_id"], click["value"]) == ("act", "cancel", "cg-7k2m9q4d")

    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Cancelled.")).to_be_visible()
    await expect(thread.get_by_role("textbox", name="Reply…")).to_be_focused()
    await page.keyboard.type("@codegen why & how?")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_text("why & how?")).to_be_visible()
    assert slack.sent("message")[-1]["text"] == "<@U0BOT> why &amp; how?"
    assert slack.sent("message")[-1]["thread_ts"] == slack.messages[0]["ts"]
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
async def test_hostile_text_stays_text_and_inside_its_box(
    slack: ScriptedSlack, open_page: Open, width: int
) -> None:
    hostile = payloads.HOSTILE
    for text in (
        hostile,
        "```" + hostile + "```",
        "> " + hostile,
        f"<javascript:alert(1)|{hostile}>",
        "*" + hostile + "*",
    ):
        slack.say(user="U0BEN", text=text)
    everywhere: list[Payload] = [
        {"type": "header", "text": payloads.words(hostile)},
        {"type": "section", "text": payloads.rich(hostile), "fields": [payloads.rich(hostile)] * 2},
        {
            "type": "markdown",
            "text": f"# {hostile}\n\n- {hostile}\n\n[x](javascript:alert(1)) <b>{hostile}</b>\n\n|a|b|\n|-|-|\n|{hostile}|1|",
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": hostile}] * 4]},
        {"type": "context", "elements": [payloads.rich(hostile)]},
        {
            "type": "actions",
            "elements": [
                payloads.button("go", hostile[:75]),
                payloads.button("link", "Go", url="javascript:alert(1)"),
            ],
        },
        {"type": hostile, "text": hostile},
    ]
    slack.say(user="U0BOT", bot_id="B0BOT", blocks=everywhere)
    page = await open_page(f"/?user=U0ANA#/C0PAY/{slack.messages[-1]['ts']}", width=width, height=800)
    await expect(page.locator(".thread .message")).to_have_count(1)
    assert await page.evaluate(
        "window.hacked === undefined && !document.querySelector('#app script, #app b, [onerror]')"
    )
    assert await page.evaluate(
        "[...document.querySelectorAll('a[href]')].every(a => /^(https?:|mailto:|#)/.test(a.getAttribute('href')))"
    )
    assert await overflowing(page) == []

    slack.show(payloads.view("V9", "T" * 24, everywhere[:2], errors={}, submit=payloads.words("Go")))
    await expect(page.get_by_role("dialog")).to_contain_text("<script>window.hacked = 1</script>")
    assert await overflowing(page) == []


async def overflowing(page: Page) -> list[Any]:
    """Return what sticks out of the window or makes a column scroll sideways."""
    found: list[Any] = await page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('.scroller, .modal-body, .main, .thread')]
          .filter(box => box.offsetParent !== null || box === document.documentElement)
          .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => [box.className, box.scrollWidth, box.clientWidth])"""
    )
    return found


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
    await expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(2)
    await expect(page.get_by_role("group", name="Payments")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("payments/ledger")
    await expect(field).to_have_attribute("aria-expanded", "false")
    assert slack.sent("options")[-1]["value"] == "pay"
    await field.fill("nothing like it")
    await expect(page.get_by_text("No matching results")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(field).to_have_value("payments/ledger")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    assert await wait_for_post(page, slack, "close") == {"user": "U0ANA", "view_id": "V1"}


async def wait_for_post(page: Page, slack: ScriptedSlack, name: str) -> Payload:
    """Return the next body posted to a route, waiting for it where it has not come yet."""
    if not slack.sent(name):
        await page.wait_for_event("requestfinished", lambda request: request.url.endswith(f"/_person/{name}"))
    return slack.sent(name)[-1]


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
    slack.reactions["close"] = lambda body: slack.show(payloads.FORM) or {"ok": True}
    await page.get_by_role("button", name="Back to New task").click()
    await expect(page.get_by_role("textbox", name="Title")).to_have_value("Kept")
    assert slack.sent("close") == [{"user": "U0ANA", "view_id": "V2"}]


async def test_the_keyboard_alone_is_enough(slack: ScriptedSlack, open_page: Open) -> None:
    slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.HEAD_BLOCKS)
    page = await open_page()
    await expect(page.get_by_role("button", name="More options")).to_be_visible()
    await page.get_by_role("button", name="More options").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Show the log")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    picked = await wait_for_post(page, slack, "action")
    assert picked["selected_option"]["value"] == "spec"
    await expect(page.get_by_role("button", name="More options")).to_be_focused()

    await page.get_by_role("button", name="More actions").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Make this a task")).to_be_focused()
    await page.keyboard.press("Enter")
    shortcut = await wait_for_post(page, slack, "shortcut")
    assert (shortcut["callback_id"], shortcut["message_ts"]) == ("new_spec_from", slack.messages[0]["ts"])

    area = page.get_by_role("textbox", name="Message #payments")
    await area.focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two <b>")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("two <b>")).to_be_visible()
    assert slack.sent("message")[-1]["text"] == "one\ntwo &lt;b&gt;"
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
        files=[{"name": "spec.yml", "mimeType": "text/yaml", "buffer": b"version: 1"}]
    )
    await expect(dialog.get_by_text("spec.yml · 10 bytes")).to_be_visible()
    await dialog.get_by_role("button", name="Send").click()
    values = (await wait_for_post(page, slack, "submit"))["values"]
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


async def test_home_reactions_and_another_person(slack: ScriptedSlack, open_page: Open) -> None:
    slack.say(
        user="U0BEN", text="Done", reactions=[{"name": "white_check_mark", "count": 1, "users": ["U0ANA"]}]
    )
    page = await open_page()
    await page.get_by_role("button", name="white_check_mark, 1: Ana").click()
    undo = await wait_for_post(page, slack, "reaction")
    assert (undo["name"], undo["remove"]) == ("white_check_mark", True)

    await page.get_by_role("link", name="codegen").click()
    await expect(page.get_by_text("codegen has not published a Home for you yet.")).to_be_visible()
    assert slack.sent("home") == [{"user": "U0ANA"}]
    slack.home = payloads.view("VH", "Home", [{"type": "header", "text": payloads.words("Your tasks")}])
    slack.tell("home")
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()

    await page.get_by_label("You are").select_option("Ben")
    await expect(page.get_by_label("You are")).to_have_value("U0BEN")
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    assert slack.sent("home")[-1] == {"user": "U0BEN"}


async def test_a_small_window_shows_one_column_at_a_time(slack: ScriptedSlack, open_page: Open) -> None:
    slack.say(user="U0BOT", bot_id="B0BOT", blocks=payloads.HEAD_BLOCKS)
    page = await open_page("/?user=U0ANA#/C0PAY", width=390, height=844)
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("link", name="web").click()
    await expect(page.get_by_role("heading", name="#web")).to_be_visible()
    await expect(page.get_by_role("link", name="payments")).to_be_hidden()
    assert await overflowing(page) == []
