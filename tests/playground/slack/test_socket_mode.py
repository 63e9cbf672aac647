"""Socket Mode on the wire, and what people see when an app is late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from playground.person import Person
from playground.slack import SlackStandIn
from playground.slack.seed import APP_KEY

Payload = dict[str, Any]


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def address(session: ClientSession, url: str) -> str:
    headers = {"Authorization": f"Bearer {APP_KEY}"}
    async with session.post(f"{url}/api/apps.connections.open", headers=headers) as answer:
        opened: str = (await answer.json())["url"]
        return opened


@asynccontextmanager
async def connected(session: ClientSession, url: str) -> AsyncIterator[ClientWebSocketResponse]:
    async with session.ws_connect(await address(session, url)) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        yield socket


async def test_an_envelope_is_acknowledged_with_words(session: ClientSession, url: str, ana: Person) -> None:
    async with connected(session, url) as socket:
        command = asyncio.create_task(ana.command("help", "C0PAY"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert envelope["payload"]["text"] == "help"
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Write a spec."}})
        assert (await command)["response"]["text"] == "Write a spec."


async def test_a_late_acknowledgement_counts_for_nothing(
    session: ClientSession, url: str, ana: Person, slack: SlackStandIn
) -> None:
    slack.delivery.ack_seconds = 0.5
    async with connected(session, url) as socket, ana.hints() as hints:
        command = asyncio.create_task(ana.command("help", "C0PAY"))
        envelope = await socket.receive_json()
        assert await command == {"ok": False, "error": "operation_timeout"}
        assert (await anext(hints))["text"] == '/codegen failed with the error "operation_timeout"'
        slack.delivery.ack_seconds = 3.0
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "late"}})
        again = asyncio.create_task(ana.command("again", "C0PAY"))
        await socket.send_json({"envelope_id": (await socket.receive_json())["envelope_id"]})
        assert await again == {"ok": True}
        assert await ana.messages("C0PAY") == []


async def test_each_envelope_goes_to_one_socket(session: ClientSession, url: str, ana: Person) -> None:
    async with connected(session, url) as one, connected(session, url) as two:
        for socket in (one, two):
            command = asyncio.create_task(ana.command("", "C0PAY"))
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
            assert await command == {"ok": True}


async def test_an_eleventh_socket_is_sent_away(session: ClientSession, url: str, slack: SlackStandIn) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connected(session, url))
        async with session.ws_connect(await address(session, url)) as socket:
            told = await socket.receive_json()
            assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")
            assert (await socket.receive()).type is WSMsgType.CLOSE
        assert len(slack.sockets.open) == 10


async def test_an_address_works_once(session: ClientSession, url: str) -> None:
    once = await address(session, url)
    async with session.ws_connect(once) as socket:
        await socket.receive_json()
    async with session.get(once.replace("ws", "http", 1)) as answer:
        assert answer.status == 404


async def test_disconnect_on_demand(session: ClientSession, url: str, slack: SlackStandIn) -> None:
    async with connected(session, url) as socket:
        async with session.post(f"{url}/_control/disconnect") as answer:
            assert (await answer.json())["disconnected"] == 1
        assert (await socket.receive_json())["reason"] == "refresh_requested"
    assert slack.sockets.open == []


async def test_events_carry_their_retries(session: ClientSession, url: str, ana: Person) -> None:
    async with connected(session, url) as socket:
        await ana.message("C0PAY", "hello")
        first = await socket.receive_json()
        assert (first["type"], first["retry_attempt"]) == ("events_api", 0)
        await socket.send_json({"envelope_id": first["envelope_id"]})
        body = {"times": 1, "reason": "timeout"}
        again = asyncio.create_task(session.post(f"{url}/_control/redeliver", json=body).__aenter__())
        second = await socket.receive_json()
        await socket.send_json({"envelope_id": second["envelope_id"]})
        assert (await (await again).json())["deliveries"][0]["ok"] is True
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert second["payload"]["event_id"] == first["payload"]["event_id"]
