"""What the page's tests do again and again."""

from typing import Any

from playwright.async_api import Page

from tests.playground.page import payloads
from tests.playground.page.scripted import Payload

OVERFLOWING = """() =>
  [document.documentElement, ...document.querySelectorAll('.scroller, .modal-body, .main, .thread')]
    .filter(box => box.offsetParent !== null || box === document.documentElement)
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => [box.className, box.scrollWidth, box.clientWidth])"""


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


async def overflowing(page: Page) -> list[Any]:
    """Return what sticks out of the window or makes a column scroll sideways."""
    found: list[Any] = await page.evaluate(OVERFLOWING)
    return found
