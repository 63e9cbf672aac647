"""A small real Bolt app, as an app under test would be."""

import asyncio
import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.seed import BOT_KEY, SIGNING_KEY

Payload = dict[str, Any]


def plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text}


def spec_view() -> Payload:
    return {
        "type": "modal",
        "callback_id": "spec",
        "title": plain("New spec"),
        "submit": plain("Create"),
        "private_metadata": "C0PAY",
        "blocks": [
            {
                "type": "input",
                "block_id": "title",
                "label": plain("Title"),
                "element": {"type": "plain_text_input", "action_id": "value", "max_length": 100},
            },
            {
                "type": "input",
                "block_id": "repository",
                "label": plain("Repository"),
                "element": {"type": "external_select", "action_id": "value", "min_query_length": 0},
            },
        ],
    }


def buttons(block_id: str = "buttons") -> Payload:
    cancel = {"type": "button", "action_id": "cancel", "text": plain("Cancel"), "value": "cg-1"}
    return {"type": "actions", "block_id": block_id, "elements": [cancel]}


def section(text: str) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def bolt_app(url: str, hold: asyncio.Event | None = None) -> AsyncApp:
    """Return the app; `/codegen slow` is acknowledged when `hold` is set."""
    quiet = logging.getLogger("tests.slack.bolt")
    quiet.setLevel(logging.CRITICAL)
    client = AsyncWebClient(token=BOT_KEY, base_url=f"{url}/api/")
    app = AsyncApp(client=client, signing_secret=SIGNING_KEY, logger=quiet)

    async def command(ack: Any, body: Payload) -> None:
        if body["text"] == "slow" and hold is not None:
            await hold.wait()
        await _open(ack, client, body)

    app.command("/codegen")(command)
    app.view("spec")(_submit)
    app.action("cancel")(_cancel)
    app.options("value")(_options)
    app.event("app_mention")(_mentioned)
    return app


async def _open(ack: Any, client: AsyncWebClient, body: Payload) -> None:
    if body["text"] == "help":
        await ack("Write a spec.")
        return
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=spec_view())


async def _submit(ack: Any, client: AsyncWebClient, view: Payload, body: Payload) -> None:
    title = view["state"]["values"]["title"]["value"]["value"]
    if title == "bad":
        await ack(response_action="errors", errors={"title": "Say more."})
        return
    await ack()
    await client.chat_postMessage(
        channel=view["private_metadata"],
        text=title,
        blocks=[section(f"*{title}* for <@{body['user']['id']}>"), buttons()],
        metadata={"event_type": "codegen_head", "event_payload": {"task": "cg-1"}},
    )


async def _cancel(ack: Any, client: AsyncWebClient, body: Payload) -> None:
    await ack()
    where = body["container"]
    await client.chat_update(
        channel=where["channel_id"], ts=where["message_ts"], text="cancelled", blocks=[section("cancelled")]
    )


async def _options(ack: Any, payload: Payload) -> None:
    names = [name for name in ("payments/api", "web/shop") if payload["value"] in name]
    await ack(options=[{"text": plain(name), "value": name} for name in names])


async def _mentioned(event: Payload, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Yes?")
