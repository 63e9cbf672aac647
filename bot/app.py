"""Wiring: the Bolt app with its middleware, listeners and error handler."""

from datetime import UTC, datetime

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot import listeners, middleware
from bot.collecting import Sources
from bot.directory import Directory
from bot.door import Door, Line, Tabs, Tasks
from bot.draining import InFlight
from bot.errors import on_error
from bot.publishing import Homes
from bot.settings import BotSettings
from bot.turns import Gate, turns
from jobs.queue.store import Store

TIMEOUT = 10
"""Seconds a call to Slack may take."""

KEPT = 30.0
"""Seconds an idle connection is kept: less than a server keeps it, so that none is used that is gone."""


def session(gate: Gate | None = None) -> ClientSession:
    """Kept connections to Slack: without them every call makes one anew, with its TLS handshake.

    With a gate every call takes its turn among those of all processes, see `bot.turns`.
    """
    connector = TCPConnector(limit=50, keepalive_timeout=KEPT)
    taking = (turns(gate),) if gate else ()
    return ClientSession(connector=connector, timeout=ClientTimeout(total=TIMEOUT), middlewares=taking)


def web_client(settings: BotSettings, session: ClientSession) -> AsyncWebClient:
    """A client of Slack's Web API that repeats what was rate limited or answered with a server error."""
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        session=session,
    )
    client.retry_handlers += [
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    return client


def posting_client(settings: BotSettings, session: ClientSession) -> AsyncWebClient:
    """A client that repeats only what Slack certainly did not do, so that no message is posted twice."""
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        session=session,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
    )


def homes(settings: BotSettings, *, store: Store, client: AsyncWebClient) -> Homes:
    """App Home of everybody; `kept` keeps it up to date."""
    sources = Sources(store=store, operator=settings.operator, directory=Directory(client), now=_now)
    return Homes(sources, client)


def door(settings: BotSettings, *, tasks: Tasks, line: Line, tabs: Tabs, client: AsyncWebClient) -> Door:
    """The way into jobs for these settings; `client` is one of `web_client`."""
    kept = client.session
    if kept is None:
        raise ValueError("the door needs a client with kept connections")
    return Door(
        tasks=tasks,
        line=line,
        operator=settings.operator,
        templates=settings.templates,
        directory=Directory(client),
        poster=posting_client(settings, kept),
        tabs=tabs,
        now=_now,
    )


def build(settings: BotSettings, *, door: Door, client: AsyncWebClient, in_flight: InFlight) -> AsyncApp:
    """The Bolt app; requests over HTTP are checked with the signing secret."""
    secret = settings.slack_signing_secret
    app = AsyncApp(client=client, signing_secret=secret.get_secret_value() if secret else "")
    for one in (middleware.provide(door), middleware.describe, middleware.once):
        app.use(one)
    listeners.register(app, in_flight.tracked)
    app.error(in_flight.tracked(on_error))
    return app


def _now() -> datetime:
    return datetime.now(UTC)
