"""`make pictures`: the pictures of the README, taken of the real stack in a headless Chromium."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import yaml
from playwright.async_api import Page

from bot.views.answers import answers_of
from bot.views.evidence_words import evidence_words
from bot.views.words import batch_words, form_words
from jobs.domain.spec import Paths, Spec
from jobs.errors import Stop
from jobs.queue.submit import connect
from playground import browser
from playground.demo.run import CHANNEL, SPEC
from playground.form import fill
from playground.past import give_past, give_review, morning_comes
from playground.person import Person
from playground.processes import until_told
from playground.stack import GITLAB_TOKEN, Stack, stack

FOLDER = Path("docs/images")
"""Where the pictures are, seen from the repository."""
WIDTH = 1280
SPECS, NIGHT = SPEC.parent / "specs", ("csv_export", "due_day")
"""What else is asked for before the morning."""
PATIENCE = 120_000
"""Milliseconds a step may take."""
LINES = (
    "bugfix | Round discounts half up | Discounts lose a cent. | 10% of 0.25 is 0.03; 10% of 0.24 is 0.02",
    "feature | Totals per currency | Finance adds them up by hand. | 1 EUR and 2 USD give two totals",
    "docs | Say how totals are rounded | Support is asked every week. | The text is easy to understand",
)
SETTINGS = """
[limits]
rounds = 1

[budgets.person]
usd = 40

[budgets.month]
usd = 500

[channels.C0PAY]
digest = "{digest:%H:%M}"
remind = "2 days"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""
"""What App Home has to tell of money, and the channel's mornings, as codegen.toml says it."""


async def take(running: Stack) -> None:
    """Go through the demo in the browser and take a picture of each surface."""
    async with browser.opened() as chromium:
        page = await chromium.new_page(viewport={"width": WIDTH, "height": 860})
        page.set_default_timeout(PATIENCE)
        await page.goto(f"{running.slack}/?user=U0ANA#/C0PAY")
        await _ask(page)
        address = await _thread(page)
        await page.goto(f"{address}?user=ben")
        await _picture(page, "merge_request", height=1000)
        await page.goto(f"{running.slack}/?user=U0ANA#/C0PAY")
        await _many(page)
        await _morning(page, running)
        await _home(page, running)


async def _ask(page: Page) -> None:
    spec = Spec.model_validate(yaml.safe_load(SPEC.read_text(encoding="utf-8")))
    await page.get_by_role("textbox", name="Message #payments").fill("/codegen")
    await page.keyboard.press("Enter")
    words, typed = form_words("spec"), answers_of(spec)
    await page.locator("[data-focus-key=goal]").wait_for()
    await page.get_by_role("combobox", name=words.fields["kind"].label).click()
    await page.get_by_role("option", name=words.options["kind"]["bugfix"].text).click()
    for name in ("title", "goal"):
        await page.locator(f"[data-focus-key={name}]").fill(typed[name])
    await _step(page, "modal_intent", words.steps["intent"].submit)
    await page.locator("[data-focus-key=criteria]").wait_for()
    for name in ("criteria", "non_goals", "paths"):
        await page.locator(f"[data-focus-key={name}]").fill(typed[name])
    await _step(page, "modal", words.steps["success"].submit)
    await page.locator("[data-focus-key=usd]").wait_for()
    await _step(page, "modal_running", words.steps["running"].submit)


async def _many(page: Page) -> None:
    words = batch_words()
    await page.get_by_role("textbox", name="Message #payments").fill("/codegen batch")
    await page.keyboard.press("Enter")
    await page.locator("[data-focus-key=document]").fill("\n".join(LINES))
    await page.get_by_role("dialog").get_by_role("button", name=words.check, exact=True).click()
    await page.get_by_role("checkbox").first.wait_for()
    await _picture(page, "batch", height=1000)


async def _morning(page: Page, running: Stack) -> None:
    """A night with one more change to review, one that was not good enough, and an old review."""
    csv, due = (Spec.model_validate(yaml.safe_load((SPECS / f"{one}.yml").read_text())) for one in NIGHT)
    closed = due.model_copy(update={"paths": Paths(allow=("src/**", "tests/**"))})
    async with (
        connect(running.environment["REDIS_URL"]) as (store, _),
        Person(running.slack, "U0ANA") as ana,
    ):
        await give_past(store, datetime.now(UTC))
        await give_review(store, running.gitlab, GITLAB_TOKEN, datetime.now(UTC))
        for spec in (csv, closed):
            await ana.command("", CHANNEL)
            await fill(ana, spec)
        await page.goto(f"{running.slack}/?user=U0BEN#/{CHANNEL}")
        await page.get_by_text("Rejected.").first.wait_for()
        await page.get_by_text("In review.").nth(2).wait_for()
        await morning_comes(store)
    await page.get_by_text("Good morning.").wait_for()
    await _picture(page, "morning", height=620)


async def _home(page: Page, running: Stack) -> None:
    """Ben's App Home: he is asked for a review, and as an operator sees the team's numbers."""
    await page.goto(f"{running.slack}/?user=U0BEN#/home")
    home = page.get_by_role("region", name="Home tab")
    await home.get_by_role("img").nth(4).wait_for()
    await home.get_by_text("Explain tax rates").wait_for()
    await _picture(page, "home", height=1240)
    await home.get_by_role("img").first.scroll_into_view_if_needed()
    await home.evaluate("home => home.scrollTo(0, home.scrollHeight)")
    await page.wait_for_function("[...document.images].every(one => one.complete)")
    await _picture(page, "home_numbers", height=1400)


async def _step(page: Page, name: str, submit: str) -> None:
    await page.locator(".modal-body").evaluate("body => body.scrollTo(0, 0)")
    await _picture(page, name)
    await page.get_by_role("dialog").get_by_role("button", name=submit, exact=True).click()


async def _thread(page: Page) -> str:
    await page.get_by_text("In review.").first.wait_for()
    await page.get_by_role("button", name="2 replies").wait_for()
    await _picture(page, "channel", height=520)
    await page.get_by_role("button", name="2 replies").click()
    await page.locator(".thread table").wait_for()
    question = page.locator(".thread .message", has_text="A question came up:")
    await question.evaluate("one => one.scrollIntoView({block: 'start'})")
    await _picture(page, "question", height=620)
    await page.locator(".thread .message").last.scroll_into_view_if_needed()
    await _picture(page, "thread", height=1240)
    await page.locator(".thread").get_by_role("button", name=evidence_words().title, exact=True).click()
    await page.get_by_role("dialog").get_by_text("AC1", exact=True).wait_for()
    await _picture(page, "evidence", height=1000)
    await page.get_by_role("dialog").get_by_role("button", name=evidence_words().close).first.click()
    address = await page.get_by_role("link", name="merge request !1").first.get_attribute("href")
    return address or ""


async def _picture(page: Page, name: str, *, height: int = 860) -> None:
    await page.set_viewport_size({"width": WIDTH, "height": height})
    await page.mouse.move(WIDTH - 1, 1)
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")
    print(FOLDER / f"{name}.png")


async def picture_everything() -> None:
    """Start everything and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with (
        stack(settings_more=SETTINGS.format(digest=datetime.now(UTC))) as running,
        running.bot(),
        running.worker(),
    ):
        await running.ready()
        await take(running)


def main() -> int:
    """Exit status 0 when every picture is taken."""
    try:
        asyncio.run(until_told(picture_everything()))
    except asyncio.CancelledError:
        return 130
    except Stop as stop:
        sys.stderr.write(f"pictures: {stop}\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
