"""The headless browser that pages are looked at with."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from jobs.errors import Stop

PROGRAMS = ("chromium-headless-shell", "chromium")
"""Looked for in this order: the shell draws no windows, and starts in a third of the time."""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    """Debian's Chromium, or the one named by CHROMIUM, while the block lasts; raises Stop without one."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise Stop("There is no chromium.", remedy="Run: make chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
