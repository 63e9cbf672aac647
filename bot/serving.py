"""How Slack reaches the bot: Socket Mode or signed HTTP, with /health beside it when a port is set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.door import Tasks
from bot.hooks import PATH as HOOKS
from bot.hooks import hooks
from bot.settings import BotSettings
from jobs.queue.connection import TROUBLE

PATH = "/slack/events"
"""Where Slack posts commands, clicks and events over HTTP."""


@asynccontextmanager
async def listening(settings: BotSettings, *, app: AsyncApp, tasks: Tasks) -> AsyncIterator[None]:
    """Hear Slack for as long as the block lasts; raises SlackApiError when the app token is refused."""
    async with AsyncExitStack() as stack:
        handler = _socket(settings, app)
        if handler:
            stack.push_async_callback(handler.client.close)
        if settings.port is not None:
            site = _web(app=None if handler else app, tasks=tasks, handler=handler)
            if settings.gitlab_webhook_secret is not None:
                secret = settings.gitlab_webhook_secret.get_secret_value()
                site.add_routes([web.post(HOOKS, hooks(secret, tasks.hear))])
            await stack.enter_async_context(_served(site, settings.port))
        if handler:
            await handler.client.connect_to_new_endpoint()
        yield


def _socket(settings: BotSettings, app: AsyncApp) -> AsyncSocketModeHandler | None:
    token = settings.slack_app_token
    return AsyncSocketModeHandler(app, token.get_secret_value()) if token else None


def _web(*, app: AsyncApp | None, tasks: Tasks, handler: AsyncSocketModeHandler | None) -> web.Application:
    async def events(request: web.Request) -> web.Response:
        if app is None:
            raise web.HTTPNotFound
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def health(request: web.Request) -> web.Response:
        problems = [] if handler is None or await handler.client.is_connected() else ["slack"]
        try:
            async with asyncio.timeout(2.0):
                await tasks.catalogue()
        except (TimeoutError, *TROUBLE):
            problems.append("redis")
        body = {"ok": not problems, "unreachable": problems}
        return web.json_response(body, status=503 if problems else 200)

    site = web.Application(client_max_size=2 * 1024 * 1024)
    site.add_routes([web.post(PATH, events), web.get("/health", health)])
    return site


@asynccontextmanager
async def _served(site: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(site, shutdown_timeout=5.0, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
        yield
    finally:
        await runner.cleanup()
