"""Whatever a peer sends stays text and stays inside its box."""

import pytest
from playwright.async_api import expect

from tests.playground.page import payloads
from tests.playground.page.conftest import Open
from tests.playground.page.scripted import Payload, ScriptedSlack
from tests.playground.page.steps import overflowing

SAFE_LINKS = """[...document.querySelectorAll('a[href]')]
  .every(link => /^(https?:|mailto:|#)/.test(link.getAttribute('href')))"""

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
            "text": f"# {hostile}\n\n- {hostile}\n\n[x](javascript:alert(1)) <b>{hostile}</b>"
            f"\n\n|a|b|\n|-|-|\n|{hostile}|1|",
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
    assert await page.evaluate(SAFE_LINKS)
    assert await overflowing(page) == []

    slack.show(payloads.view("V9", "T" * 24, everywhere[:2], errors={}, submit=payloads.words("Go")))
    await expect(page.get_by_role("dialog")).to_contain_text("<script>window.hacked = 1</script>")
    assert await overflowing(page) == []
