"""App Home in a browser, on the real bot: a maintainer's charts, a priority, the way to a thread."""

import struct
import zlib

import pytest
from playwright.async_api import Browser, expect

from jobs.domain.action import ActKind
from jobs.domain.task import Thread
from jobs.domain.team import Numbers, Picture, weeks
from jobs.queue import team
from tests.bot.test_stories import acts
from tests.bot.world import PAY, Bot
from tests.factories import NOON, a_task
from tests.playground.page.steps import overflowing
from tests.playground.page.test_real_bot import desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


def png() -> bytes:
    """One grey dot."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\x80"))
        + chunk(b"IEND", b"")
    )


async def hung(bot: Bot) -> None:
    """A picture that Slack has looked at already, as it stands in a channel, beside the numbers."""
    done = await bot.client.files_upload_v2(filename="cost.png", content=png(), channel=PAY)
    picture = Picture(name="cost", title="Cost", file=done["file"]["id"], alt="Cost by week: nothing yet.")
    counted = Numbers(weeks=weeks((), now=NOON, zone="UTC"), at=NOON, pictures=(picture,), tried_at=NOON)
    await team.keep(bot.store.connection, team.scope_of(["payments/api"]), counted)


async def test_a_maintainer_looks_at_home(browser: Browser, redis_url: str) -> None:
    async with desk(browser, redis_url) as at:
        posted = await at.bot.client.chat_postMessage(channel=PAY, text="The head message.")
        await at.bot.store.create(a_task(thread=Thread(channel=PAY, ts=posted["ts"])))
        await hung(at.bot)
        await at.page.goto(at.page.url.partition("?")[0] + "?user=U0EVE#/home")
        home = at.page.get_by_role("region", name="Home tab")
        await expect(home.get_by_role("heading", name="The team's numbers")).to_be_visible()
        chart = home.get_by_role("img", name="Cost by week: nothing yet.")
        await chart.scroll_into_view_if_needed()
        await expect(chart).to_have_js_property("naturalWidth", 1)
        assert await overflowing(at.page) == []

        await home.get_by_role("combobox").click()
        await at.page.get_by_role("option", name="High priority").click()
        await expect(home.get_by_text("gets another place in the queue")).to_be_visible()
        assert await acts(at.bot) == [(ActKind.PRIORITY, "U0EVE")]

        await home.get_by_role("link", name="Round half up in invoice totals").click()
        thread = at.page.get_by_role("complementary", name="Thread")
        await expect(thread.get_by_text("The head message.")).to_be_visible()
