"""The merge request page in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.playground.gitlab.conftest import Site, a_site

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<script>window.hit=1</script><img src=x onerror='window.hit=1'> [go](javascript:window.hit=1)"
DESCRIPTION = f"""# What changed

| Criterion | Proof |
|---|---|
| AC1 | `test_half_up` |

{HOSTILE}

<details><summary>More <b onclick="window.hit=1">here</b></summary>

inside

</details>
"""


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The stand-in, in the browser's own event loop."""
    async with a_site(tmp_path) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a headless Chromium."""
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


async def test_a_person_reads_comments_approves_and_merges(site: Site, page: Page) -> None:
    await site.open_mr(description=DESCRIPTION, labels="codegen", reviewer_ids=[3])
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))

    await page.goto(f"{site.url}/?user=ben")
    await page.get_by_role("link", name="Round half up").click()

    assert await page.locator("h1").first.inner_text() == "Round half up"
    assert await page.locator("#description td code").inner_text() == "test_half_up"
    assert await page.locator("tr.added .code").all_inner_texts() == ["+two and a half", "+new"]
    assert await page.locator("tr.removed .number").first.inner_text() == "2"

    await page.get_by_label("Comment as Ben Okafor").fill("Why **half** up?")
    await page.get_by_role("button", name="Comment").click()
    await page.locator(".note strong", has_text="half").wait_for()
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="Revoke approval").wait_for()
    await page.get_by_role("button", name="Merge").click()
    await page.locator(".badge.merged").wait_for()

    assert site.standin.state.project("1").merge_requests[0].state == "merged"
    assert faults == []


async def test_a_person_opens_an_issue_comments_and_rewrites_it(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}/?user=ben")
    card = page.locator("section.card", has_text="payments/api")
    await card.get_by_text("New issue with the label codegen").click()
    await card.get_by_label("Title").fill("Half up")
    await card.get_by_label("Description").fill("Totals are off.")
    await card.get_by_role("button", name="Open the issue").click()
    await page.get_by_role("link", name="Half up").click()
    await page.get_by_text("Change the description").click()
    words = "- It is off <!-- said by me -->\n\n<sub>small</sub>"
    await page.get_by_label("Description of the issue").fill(words)
    await page.get_by_role("button", name="Save").click()
    await page.locator("#description sub").wait_for()
    await page.get_by_label("Comment as Ben Okafor").fill("/codegen go")
    await page.get_by_role("button", name="Comment").click()
    await page.locator(".note").wait_for()

    (issue,) = site.standin.state.project("1").issues
    assert (issue.labels, issue.discussions[0].notes[0].body) == (["codegen"], "/codegen go")
    assert "said by me" not in await page.locator("#description").inner_text()


async def test_a_person_asks_for_changes_and_approves_later(site: Site, page: Page) -> None:
    await site.open_mr()
    await page.goto(f"{site.url}/payments/api/-/merge_requests/1?user=ben")
    await page.get_by_label("Comment as Ben Okafor").fill("The sign is wrong.")
    await page.get_by_role("button", name="Request changes").click()
    await page.get_by_text("a reviewer asked for changes").wait_for()
    await page.locator(".note", has_text="The sign is wrong.").wait_for()
    wanting = await site.api("GET", "/projects/1/merge_requests/1/reviewers")
    assert isinstance(wanting.body, list)
    assert [one["state"] for one in wanting.body] == ["requested_changes"]
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_text("Ready to merge.").wait_for()


async def test_nothing_hostile_runs(site: Site, page: Page) -> None:
    await site.open_mr(title=f"T {HOSTILE}", description=DESCRIPTION)
    await site.push({f"{'<b>x</b>'}.txt": HOSTILE + "\n"})
    await site.control("comment", project="payments/api", iid=1, user="ben", body=HOSTILE)

    got = await page.goto(f"{site.url}/payments/api/-/merge_requests/1?user=ben")

    assert got is not None
    assert "script-src 'self'" in got.headers["content-security-policy"]
    assert await page.evaluate("window.hit") is None
    alive = "main script, main img, main b, main [onclick], main a[href^='javascript']"
    assert await page.locator(alive).count() == 0
    assert "<script>" in await page.locator("#description").inner_text()


async def test_a_refusal_is_shown_and_small_screens_do_not_scroll_sideways(site: Site, page: Page) -> None:
    await site.open_mr(description=DESCRIPTION)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(f"{site.url}/payments/api/-/merge_requests/1?user=eve")
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_text("GitLab says:").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_an_unknown_merge_request_is_said_to_be_unknown(site: Site) -> None:
    async with site.session.get(f"{site.url}/payments/api/-/merge_requests/9") as got:
        assert got.status == 404
