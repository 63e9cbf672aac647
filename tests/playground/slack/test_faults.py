"""Faults on demand, retries, and the record of calls."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from playground.slack import SlackStandIn
from tests.playground.slack.scripted_app import ScriptedApp

Payload = dict[str, Any]


@pytest.fixture
async def control(url: str) -> AsyncIterator[ClientSession]:
    async with ClientSession(f"{url}/_control/") as session:
        yield session


async def test_rate_limit(client: AsyncWebClient, control: ClientSession) -> None:
    await control.post("rate_limit", json={"method": "chat.update", "times": 1, "retry_after": 7})
    posted = await client.chat_postMessage(channel="C0PAY", text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0PAY", ts=posted["ts"], text="y")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    await client.chat_update(channel="C0PAY", ts=posted["ts"], text="y")


async def test_a_failure_after_the_work_is_done(
    client: AsyncWebClient, control: ClientSession, ana: Person
) -> None:
    await control.post(
        "fail", json={"method": "chat.postMessage", "error": "fatal_error", "after_commit": True}
    )
    await control.post("fail", json={"method": "chat.postMessage", "times": 1, "status": 503})
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.chat_postMessage(channel="C0PAY", text="x")
    with pytest.raises(SlackApiError, match="503"):
        await client.chat_postMessage(channel="C0PAY", text="y")
    assert [m["text"] for m in await ana.messages("C0PAY")] == ["x"]


async def test_slowness(client: AsyncWebClient, control: ClientSession) -> None:
    await control.post("slow", json={"method": "*", "times": 1, "seconds": 0.2})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.auth_test()
    await client.auth_test()


async def test_calls_are_kept(client: AsyncWebClient, control: ClientSession) -> None:
    await client.chat_postMessage(channel="C0PAY", text="x")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C0NO", text="x")
    async with control.get("calls", params={"method": "chat.postMessage"}) as answer:
        calls = (await answer.json())["calls"]
    assert [call["args"]["channel"] for call in calls] == ["C0PAY", "C0NO"]
    assert [call["answer"].get("error") for call in calls] == [None, "channel_not_found"]
    await control.post("reset_calls")
    async with control.get("calls") as answer:
        assert (await answer.json())["calls"] == []


async def test_an_event_is_tried_again_at_once(ana: Person, app: ScriptedApp) -> None:
    twice = asyncio.Event()

    app.answers["message"] = 500
    app.on_hearing = lambda _: twice.set() if len(app.heard) == 2 else None
    await ana.message("C0PAY", "hello")
    async with asyncio.timeout(20):
        await twice.wait()
    assert app.retries == [(None, None), ("1", "http_error")]
    assert app.heard[0]["event_id"] == app.heard[1]["event_id"]


async def test_redelivery_on_demand(ana: Person, app: ScriptedApp, control: ClientSession) -> None:
    heard = asyncio.Event()
    app.on_hearing = lambda _: heard.set()
    await ana.message("C0PAY", "hello")
    async with asyncio.timeout(20):
        await heard.wait()
    async with control.post("redeliver", json={"times": 2}) as answer:
        assert [delivery["ok"] for delivery in (await answer.json())["deliveries"]] == [True, True]
    assert app.retries == [(None, None), ("1", "http_timeout"), ("2", "http_timeout")]


async def test_redelivering_nothing(control: ClientSession) -> None:
    async with control.post("redeliver") as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "event_not_found")


async def test_the_events_address_is_verified(slack: SlackStandIn, app: ScriptedApp) -> None:
    app.answers["url_verification"] = {"challenge": "playground-challenge"}
    assert await slack.delivery.verify_url()
    app.answers["url_verification"] = {"challenge": "other"}
    assert not await slack.delivery.verify_url()


async def test_a_failing_app_is_told_to_the_person(ana: Person, app: ScriptedApp) -> None:
    app.answers["command"] = 500
    assert await ana.command("", "C0PAY") == {"ok": False, "error": "dispatch_failed"}
    app.answers["command"] = {"text": "x", "blocks": [{"type": "banner"}]}
    assert (await ana.command("", "C0PAY"))["cause"] == "invalid_blocks"
    assert (await ana.command("", "C0PAY", command="/other"))["error"] == "invalid_command"
