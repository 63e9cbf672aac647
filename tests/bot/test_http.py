"""Over HTTP: the signature is checked, /health tells the truth."""

import json
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from bot.app import build, door, homes, session, web_client
from bot.draining import InFlight
from bot.serving import listening
from bot.settings import BotSettings
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from playground.form import submit
from playground.person import Person
from playground.slack import SlackStandIn
from playground.slack.delivery import signature
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.bot.world import OPERATOR, entries, form, head, heads, running


async def free_port() -> int:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = int(runner.addresses[0][1])
    await runner.cleanup()
    return port


@pytest.fixture
async def address(slack_url: str, redis_url: str, store: Store, queue: Queue) -> AsyncIterator[str]:
    settings = BotSettings(
        redis_url=SecretStr(redis_url),
        slack_bot_token=SecretStr(BOT_KEY),
        slack_app_token=None,
        slack_signing_secret=SecretStr(SIGNING_KEY),
        slack_api_url=f"{slack_url}/api/",
        port=await free_port(),
        operator=OPERATOR,
    )
    async with session() as kept:
        client, in_flight = web_client(settings, kept), InFlight()
        tabs = homes(settings, store=store, client=client)
        way = door(settings, tasks=store, line=queue, tabs=tabs, client=client)
        app = build(settings, door=way, client=client, in_flight=in_flight)
        async with listening(settings, app=app, tasks=store):
            yield f"http://127.0.0.1:{settings.port}"
            await in_flight.drain(5.0)


async def test_the_whole_way_over_signed_http(address: str, slack: SlackStandIn, ana: Person) -> None:
    slack.delivery.request_url = f"{address}/slack/events"

    view = await form(ana)
    assert await submit(ana, view["id"], entries()) == {"ok": True}

    assert await head(ana)
    assert len(await heads(ana)) == 1


@pytest.mark.parametrize(("secret", "age"), [("wrong", 0), (SIGNING_KEY, 400)])
async def test_what_is_not_signed_by_slack_now_is_refused(address: str, secret: str, age: int) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x", "token": "t"})
    at = str(int(time.time()) - age)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signature(secret, at, body),
    }

    async with (
        ClientSession() as session,
        session.post(f"{address}/slack/events", data=body, headers=headers) as answer,
    ):
        assert answer.status == 401


async def test_socket_mode_has_a_health_page_too_and_no_other(
    slack_url: str, redis_url: str, ana: Person
) -> None:
    port = await free_port()
    async with running(slack_url=slack_url, redis_url=redis_url, port=port), ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/health") as answer:
            assert (answer.status, await answer.json()) == (200, {"ok": True, "unreachable": []})
        async with session.post(f"http://127.0.0.1:{port}/slack/events") as answer:
            assert answer.status == 404


async def test_health_says_whether_redis_answers(address: str) -> None:
    async with ClientSession() as session, session.get(f"{address}/health") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": True, "unreachable": []})


async def test_health_says_when_redis_does_not(slack_url: str) -> None:
    port = await free_port()
    nowhere = "unix:///var/tmp/codegen-no-such.sock"
    async with (
        running(slack_url=slack_url, redis_url=nowhere, port=port),
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/health") as answer,
    ):
        assert (answer.status, await answer.json()) == (503, {"ok": False, "unreachable": ["redis"]})
