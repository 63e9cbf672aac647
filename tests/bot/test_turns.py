"""The bot's calls take their turn among those of all processes, and nobody waits long for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import session
from jobs.queue.connection import Connection
from jobs.queue.gate import RedisGate
from playground.person import Person
from playground.slack.seed import BOT_KEY
from tests.bot.test_trouble import fault
from tests.bot.world import PAY, Bot, form


@dataclass
class Watched:
    """A gate that notes who asks; while it is shut nobody gets in."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    limited: list[tuple[str, float, str]] = field(default_factory=list)
    shut: bool = False

    async def turn(self, method: str, *, channel: str = "") -> float:
        self.asked.append((method, channel))
        return 60.0 if self.shut else 0.0

    async def slack_limited(self, method: str, seconds: float, *, channel: str = "") -> None:
        self.limited.append((method, seconds, channel))


@pytest.fixture
def gate() -> Watched:
    return Watched()


@pytest.fixture
async def client(slack_url: str, gate: Watched) -> AsyncIterator[AsyncWebClient]:
    async with session(gate) as kept:
        yield AsyncWebClient(
            token=BOT_KEY, base_url=f"{slack_url}/api/", session=kept, retry_handlers=[], timeout=10
        )


async def test_each_call_asks_under_its_own_name(client: AsyncWebClient, gate: Watched) -> None:
    await client.auth_test()
    await client.users_info(user="U0ANA")
    await client.chat_postMessage(channel=PAY, text="head: it has had its turn")
    await client.chat_postEphemeral(channel=PAY, user="U0ANA", text="for one")
    opened = await client.conversations_open(users="U0ANA")
    await client.chat_postMessage(channel=opened["channel"]["id"], text="direct")

    assert gate.asked == [
        ("users.info", ""),
        ("chat.postEphemeral", PAY),
        ("conversations.open", ""),
        ("chat.postMessage", "D00ANA"),
    ]


async def test_a_shut_gate_holds_no_call_back_for_long(client: AsyncWebClient, gate: Watched) -> None:
    gate.shut = True

    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(client.users_info(user="U0ANA") for _ in range(20)))

    assert all(one["ok"] for one in answers)
    assert gate.asked == [("users.info", "")], "one asks for all"


async def test_a_form_opens_while_the_gate_is_shut(client: AsyncWebClient, gate: Watched) -> None:
    gate.shut = True

    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view={"type": "modal", "title": TITLE, "blocks": []})

    assert gate.asked == []


async def test_an_answer_429_holds_every_process_back(
    client: AsyncWebClient, gate: Watched, slack_url: str
) -> None:
    await fault(slack_url, "rate_limit", method="chat.postEphemeral", retry_after=7)

    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postEphemeral(channel=PAY, user="U0ANA", text="for one")

    assert gate.limited == [("chat.postEphemeral", 7.0, PAY)]


async def test_the_bot_and_the_workers_share_their_buckets(
    bot: Bot, ana: Person, connection: Connection
) -> None:
    await form(ana)

    assert await connection.call("EXISTS", "cg:bucket:slack:views.update") == 1
    assert await connection.call("EXISTS", "cg:bucket:slack:views.open") == 0
    await RedisGate(connection).slack("views.update")


TITLE = {"type": "plain_text", "text": "Title"}
