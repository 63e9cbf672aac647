"""The bot as it runs, between the Slack stand-in and a real Redis-compatible server."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import build, door, homes, session, web_client
from bot.draining import InFlight
from bot.serving import listening
from bot.settings import BotSettings
from jobs.queue.gate import RedisGate
from jobs.queue.store import Store
from jobs.queue.submit import Queue, connect
from jobs.settings import OperatorFile
from playground.person import Person
from playground.slack.seed import APP_KEY, BOT_KEY

Payload = dict[str, Any]

CHOSEN = ("docs", "when", "priority")
PAY, WEB, GENERAL = "C0PAY", "C0WEB", "C0GEN"

OPERATOR = OperatorFile.model_validate(
    {
        "operators": ["U0OPS"],
        "repositories": {
            "payments/api": {"channels": [PAY], "maintainers": ["U0EVE"]},
            "payments/ledger": {"channels": [PAY]},
            "web/shop": {"channels": [WEB], "people": ["U0ANA"]},
        },
    }
)


@dataclass
class Bot:
    """The running bot, and what stands behind it."""

    store: Store
    queue: Queue
    in_flight: InFlight
    client: AsyncWebClient
    heard: list[tuple[str, Payload]] = field(default_factory=list)
    """Every request that reached the listeners: Socket Mode's name of its kind, and its payload."""

    async def settled(self) -> None:
        """Wait until nothing is being worked on."""
        assert await self.in_flight.drain(5.0) == 0

    async def record(self, body: Payload, next_: Callable[[], Awaitable[None]]) -> None:
        kind = "slash_commands" if "command" in body else "interactive"
        self.heard.append(("events_api" if "event" in body else kind, dict(body)))
        await next_()


@asynccontextmanager
async def running(
    *, slack_url: str, redis_url: str, operator: OperatorFile = OPERATOR, port: int | None = None
) -> AsyncIterator[Bot]:
    settings = BotSettings(
        redis_url=SecretStr(redis_url),
        slack_bot_token=SecretStr(BOT_KEY),
        slack_app_token=SecretStr(APP_KEY),
        slack_signing_secret=None,
        slack_api_url=f"{slack_url}/api/",
        port=port,
        operator=operator,
    )
    async with connect(redis_url) as (store, queue), session(RedisGate(store.connection)) as kept:
        in_flight, client = InFlight(), web_client(settings, kept)
        tabs = homes(settings, store=store, client=client)
        way = door(settings, tasks=store, line=queue, tabs=tabs, client=client)
        app = build(settings, door=way, client=client, in_flight=in_flight)
        bot = Bot(store, queue, in_flight, client)
        app.use(bot.record)
        async with tabs.kept(), listening(settings, app=app, tasks=store):
            yield bot
        await bot.settled()


async def form(person: Person, text: str = "", channel: str = PAY) -> Payload:
    """Type `/codegen` and wait for the form."""
    await person.command(text, channel)

    async def ready() -> Payload | None:
        stack = await person.views()
        return stack[-1] if stack and stack[-1].get("callback_id") == "spec" else None

    return await person.wait_for(ready, 5)


async def heads(person: Person, channel: str = PAY) -> list[Payload]:
    """What the bot wrote into a channel for everybody."""
    return [one for one in await person.messages(channel) if one.get("bot_id") and not _private(one)]


async def head(person: Person, channel: str = PAY) -> Payload:
    """The first message of the bot, once it is there."""

    async def posted() -> Payload | None:
        return next(iter(await heads(person, channel)), None)

    return await person.wait_for(posted, 5)


async def told(person: Person, channel: str = PAY) -> str:
    """The last sentence that only this person sees, once it is there."""

    async def said() -> str | None:
        texts = [one["text"] for one in await person.messages(channel) if _private(one)]
        return texts[-1] if texts else None

    return await person.wait_for(said, 5)


def entries(
    *,
    kind: str = "bugfix",
    repository: str = "payments/api",
    title: str = "Round half up in invoice totals",
    goal: str = "Totals use banker's rounding; finance expects half up.",
    criteria: Sequence[str] = ("A line of 2.675 at two decimals totals 2.68",),
    **more: str,
) -> Payload:
    """What a person enters, as Slack's `state.values`."""
    texts = {"title": title, "goal": goal, "criteria": "\n".join(criteria), **more}
    typed = {name: {name: {"value": text}} for name, text in texts.items() if name not in CHOSEN}
    chosen = {"kind": kind, "repository": repository} | {name: more[name] for name in CHOSEN if name in more}
    picked = {name: {name: {"selected_option": {"value": value}}} for name, value in chosen.items()}
    return {**typed, **picked}


def _private(message: Payload) -> bool:
    return bool(message.get("is_ephemeral") or message.get("seen_only_by"))
