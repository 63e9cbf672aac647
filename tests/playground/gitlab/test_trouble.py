"""Trouble on demand, and webhooks."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from playground.serve import serving
from tests.playground.gitlab.conftest import Site

NOTES = "/projects/1/merge_requests/1/notes"
Heard = list[tuple[str, str, dict[str, object]]]


@pytest.fixture
async def heard(site: Site) -> AsyncIterator[Heard]:
    """What a listener hears that is registered for every event of the project."""
    calls: Heard = []

    async def hear(request: web.Request) -> web.Response:
        headers = request.headers
        calls.append((headers["X-Gitlab-Event"], headers["X-Gitlab-Token"], await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hear)
    async with serving(app) as url:
        await site.control("hook", project="payments/api", url=f"{url}/hook", token="s3cret")
        yield calls


async def test_rate_limits_are_told_with_retry_after(site: Site) -> None:
    await site.open_mr()
    await site.control("rate_limit", method="POST", path="/notes", times=1, retry_after=7)

    limited = await site.api("POST", NOTES, {"body": "x"})
    after = await site.api("POST", NOTES, {"body": "x"})

    assert (limited.status, limited.headers["Retry-After"]) == (429, "7")
    assert after.status == 201
    assert "RateLimit-Remaining" in after.headers


async def test_a_failure_after_commit_leaves_the_effect(site: Site) -> None:
    await site.open_mr()
    await site.control("fail", method="POST", path="/notes", status=500, after_commit=True)
    await site.control("fail", method="GET", path="/user", status=401)

    assert (await site.api("POST", NOTES, {"body": "x"})).status == 500
    assert (await site.api("GET", "/user")).status == 401
    assert (await site.api("GET", NOTES)).headers["X-Total"] == "1"


async def test_a_dropped_and_a_slow_call(site: Site) -> None:
    await site.control("fail", path="/version", times=2, drop=True)
    # aiohttp's client asks a second time by itself when a connection breaks.
    with pytest.raises(aiohttp.ClientError):
        await site.api("GET", "/version")
    await site.control("slow", path="/version", seconds=60)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await site.api("GET", "/version")
    assert (await site.api("GET", "/version")).status == 200


async def test_calls_are_recorded_without_tokens(site: Site) -> None:
    await site.control("reset_calls")
    await site.api("GET", "/projects?search=pay")
    (call,) = await site.ask("calls?method=GET")
    assert (call["path"], call["query"], call["status"]) == ("/api/v4/projects", {"search": "pay"}, 200)
    assert "glpat" not in str(call)


async def test_hooks_tell_of_pushes_merge_requests_notes_and_pipelines(site: Site, heard: Heard) -> None:
    await site.open_mr()
    await site.control("comment", project="payments/api", iid=1, user="ben", body="Why?")
    await site.control("pipeline", project="payments/api", mr=1, status="success")
    await site.ask("deliveries")

    kinds = [event for event, _, _ in heard]
    assert kinds == ["Push Hook", "Merge Request Hook", "Note Hook", "Pipeline Hook", "Pipeline Hook"]
    assert {token for _, token, _ in heard} == {"s3cret"}
    note = heard[2][2]
    attributes, user = note["object_attributes"], note["user"]
    assert isinstance(attributes, dict)
    assert isinstance(user, dict)
    assert (attributes["note"], user["username"]) == ("Why?", "ben")


async def test_hooks_are_lost_doubled_and_reordered(site: Site, heard: Heard) -> None:
    await site.open_mr()
    await site.ask("deliveries")
    heard.clear()

    async def say(body: str) -> None:
        await site.control("comment", project="payments/api", iid=1, user="ben", body=body)

    await site.control("hooks", lose=1, double=1)
    await say("lost")
    await say("twice")
    await site.control("hooks", hold=2)
    await say("first")
    await say("second")
    await site.control("hooks", release=True)
    log = await site.ask("deliveries")

    said = [str(payload["object_attributes"]) for _, _, payload in heard]
    assert [next(word for word in ("twice", "first", "second") if word in one) for one in said] == [
        "twice",
        "twice",
        "second",
        "first",
    ]
    assert [one["outcome"] for one in log].count("lost") == 1


async def test_people_without_access_do_nothing(site: Site) -> None:
    await site.open_mr()
    for order in ("comment", "approve", "close", "merge"):
        body = {"project": "payments/api", "iid": 1, "user": "eve", "body": "x"}
        async with site.session.post(f"{site.url}/_control/{order}", json=body) as got:
            assert got.status in (401, 403, 404), order
