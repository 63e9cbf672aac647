"""A headless browser, one for all tests of a process."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, expect

from playground.browser import opened

PATIENCE = 20_000
"""Milliseconds a step may take on a busy machine."""
expect.set_options(timeout=PATIENCE)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One headless Chromium for all."""
    async with opened() as chromium:
        yield chromium
