"""The page, opened by Ana against a scripted Slack."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, Page

from playground.serve import serving
from tests.playground.conftest import PATIENCE
from tests.playground.page.scripted import ScriptedSlack

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def slack() -> ScriptedSlack:
    """A Slack without messages."""
    return ScriptedSlack()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(slack: ScriptedSlack, browser: Browser) -> AsyncIterator[Open]:
    """Opens the page at a path and viewport size; a script error or a refused resource fails the test."""
    faults: list[str] = []
    context = await browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(PATIENCE)
    async with serving(slack.app) as url:

        async def opened(path: str = "/?user=U0ANA", *, width: int = 1280, height: int = 800) -> Page:
            page = await context.new_page()
            await page.set_viewport_size({"width": width, "height": height})
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on(
                "console",
                lambda line: faults.append(line.text) if line.type in ("error", "warning") else None,
            )
            await page.goto(url + path)
            await page.get_by_role("main").wait_for()
            return page

        yield opened
        await context.close()
    assert not faults
