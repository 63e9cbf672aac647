"""A real Bolt app against the stand-in: over Socket Mode and over signed HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn
from playground.slack.seed import APP_KEY
from tests.playground.slack.bolt_app import bolt_app

Payload = dict[str, Any]


@asynccontextmanager
async def over_socket(slack: SlackStandIn, url: str, hold: asyncio.Event) -> AsyncIterator[None]:
    handler: Any = AsyncSocketModeHandler(bolt_app(url, hold), APP_KEY, ping_interval=1)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def over_http(slack: SlackStandIn, url: str, hold: asyncio.Event) -> AsyncIterator[None]:
    async with serving(bolt_app(url, hold).web_app("/slack/events")) as app_url:
        slack.delivery.request_url = f"{app_url}/slack/events"
        yield


@pytest.fixture(params=[over_socket, over_http], ids=["socket", "http"])
async def running(
    request: pytest.FixtureRequest, slack: SlackStandIn, url: str, hold: asyncio.Event
) -> AsyncIterator[None]:
    async with request.param(slack, url, hold):
        yield


@pytest.fixture
def hold() -> asyncio.Event:
    return asyncio.Event()


async def opened(ana: Person) -> Payload:
    assert await ana.command("", "C0PAY") == {"ok": True}

    async def modal() -> Payload | None:
        return next(iter(await ana.views()), None)

    return await ana.wait_for(modal, 20)


def answers(title: str, repository: str = "payments/api") -> dict[str, dict[str, Payload]]:
    option = {"text": {"type": "plain_text", "text": repository}, "value": repository}
    return {"title": {"value": {"value": title}}, "repository": {"value": {"selected_option": option}}}


async def test_from_the_command_over_the_modal_to_a_button_that_updates(running: None, ana: Person) -> None:
    view = await opened(ana)
    offered = await ana.options(view["id"], "value", "pay", block_id="repository")
    assert [option["value"] for option in offered] == ["payments/api"]

    refused = await ana.submit(view["id"], answers("bad"))
    assert refused == {"ok": False, "errors": {"title": "Say more."}}
    assert (await ana.views())[0]["errors"] == {"title": "Say more."}

    assert await ana.submit(view["id"], answers("Round half up")) == {"ok": True}
    assert await ana.views() == []

    async def head() -> Payload | None:
        return next(iter(await ana.messages("C0PAY")), None)

    message = await ana.wait_for(head, 20)
    assert message["text"] == "Round half up"
    assert "metadata" not in message

    assert await ana.click("C0PAY", message["ts"], "cancel") == {"ok": True}

    async def cancelled() -> bool:
        return bool((await ana.messages("C0PAY"))[0]["text"] == "cancelled")

    assert await ana.wait_for(cancelled, 20)


async def test_words_in_the_acknowledgement_are_for_that_person(running: None, ana: Person, url: str) -> None:
    answer = await ana.command("help", "C0PAY")
    assert answer["response"]["text"] == "Write a spec."
    assert [m["is_ephemeral"] for m in await ana.messages("C0PAY")] == [True]
    async with Person(url, "U0BEN") as ben:
        assert await ben.messages("C0PAY") == []


async def test_a_mention_is_answered_in_its_thread(running: None, ana: Person) -> None:
    ts = await ana.message("C0WEB", "@codegen are you there?")

    async def answered() -> bool:
        return len(await ana.replies("C0WEB", ts)) == 2

    assert await ana.wait_for(answered, 20)
    assert [m["text"] for m in await ana.replies("C0WEB", ts)] == ["<@U0BOT> are you there?", "Yes?"]


async def test_without_an_app_the_person_is_told(ana: Person) -> None:
    assert await ana.command("", "C0PAY") == {"ok": False, "error": "dispatch_failed"}


async def test_a_late_acknowledgement_of_bolt(
    running: None, ana: Person, hold: asyncio.Event, slack: SlackStandIn
) -> None:
    slack.delivery.ack_seconds = 0.5
    assert await ana.command("slow", "C0PAY") == {"ok": False, "error": "operation_timeout"}
    slack.delivery.ack_seconds = 3.0
    hold.set()
    assert (await ana.command("help", "C0PAY"))["ok"] is True


async def test_bolt_comes_back_after_a_disconnect(
    slack: SlackStandIn, url: str, hold: asyncio.Event, ana: Person
) -> None:
    async with over_socket(slack, url, hold):
        (old,) = slack.sockets.open
        await slack.sockets.disconnect()
        async with asyncio.timeout(10):
            await slack.sockets.connected.wait()
        assert slack.sockets.open != [old]
        assert (await ana.command("help", "C0PAY"))["ok"] is True
