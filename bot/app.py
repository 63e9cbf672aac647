"""Wiring: the Bolt app with its middleware, listeners and error handler."""

from datetime import UTC, datetime

from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot import listeners, middleware
from bot.directory import Directory
from bot.door import Door, Line, Tasks
from bot.draining import InFlight
from bot.errors import on_error
from bot.settings import BotSettings


def web_client(settings: BotSettings) -> AsyncWebClient:
    """A client of Slack's Web API that repeats what was rate limited or answered with a server error."""
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, timeout=10
    )
    client.retry_handlers += [
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    return client


def posting_client(settings: BotSettings) -> AsyncWebClient:
    """A client that repeats only what Slack certainly did not do, so that no message is posted twice."""
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=10,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
    )


def door(settings: BotSettings, *, tasks: Tasks, line: Line, client: AsyncWebClient) -> Door:
    """The way into jobs for these settings."""
    return Door(
        tasks=tasks,
        line=line,
        operator=settings.operator,
        directory=Directory(client),
        poster=posting_client(settings),
        now=lambda: datetime.now(UTC),
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
