"""The rival of `bench.slack`: a bare Bolt app that acknowledges `/codegen` and opens a form of one field."""

import os

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

FORM = {
    "type": "modal",
    "callback_id": "bare",
    "title": {"type": "plain_text", "text": "Bare"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Loading…"}}],
}


async def codegen(ack: AsyncAck, command: dict[str, str], context: AsyncBoltContext) -> None:
    await ack()
    await context.client.views_open(trigger_id=command["trigger_id"], view=FORM)


def main(environment: os._Environ[str] = os.environ) -> int:
    """Serve until killed."""
    client = AsyncWebClient(token=environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=environment["SLACK_SIGNING_SECRET"])
    app.command("/codegen")(codegen)

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    site = web.Application()
    site.add_routes([web.post("/slack/events", events), web.get("/health", health)])
    web.run_app(site, host="127.0.0.1", port=int(environment["PORT"]), print=None, access_log=None)
    return 0


if __name__ == "__main__":
    main()
