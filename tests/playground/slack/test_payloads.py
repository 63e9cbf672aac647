"""Everything the stand-in sends to an app is what Slack's published types describe."""

import asyncio
import re
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from playground.slack.contracts import problems
from tests.playground.slack.scripted_app import ScriptedApp, kind_of
from tests.playground.slack.test_modals import field, modal, opened, options, plain

Payload = dict[str, Any]

SCHEMAS = {
    "command": "SlashCommand",
    "block_actions": "BlockAction",
    "block_suggestion": "BlockSuggestion",
    "view_submission": "ViewSubmitAction",
    "view_closed": "ViewClosedAction",
    "shortcut": "GlobalShortcut",
    "message_action": "MessageShortcut",
    "app_mention": "AppMentionEvent",
    "reaction_added": "ReactionAddedEvent",
    "reaction_removed": "ReactionRemovedEvent",
    "app_home_opened": "AppHomeOpenedEvent",
    "message": "GenericMessageEvent",
    "file_share": "FileShareMessageEvent",
    "message_changed": "MessageChangedEvent",
}


BESIDE_THE_TYPES = (
    r"block_actions: missing required field: response_url",  # clicks in views have none
    r"app_home_opened: .*/view\]",  # the event carries the whole view, the type only its definition
    r"message(_changed)?: invalid additional property: app_id ",  # messages of bots have it
    r"message_changed: missing required field: (channel|channel_type|event_ts) .*message\]",  # only outside
    r"file_share: invalid additional property: (timestamp|client_msg_id, team) ",  # as in Slack's own examples
)
"""Where Slack's payloads are known to differ from Slack's types."""


def told(payload: Payload) -> list[str]:
    """Return what the published types refuse in a payload."""
    kind = kind_of(payload)
    envelope = {**payload, "event": {"type": kind}}
    found = problems(envelope, "EnvelopedEvent") if "event" in payload else []
    body = payload.get("event", payload)
    if "event" in payload:
        kind = body.get("subtype", kind)
    found += problems(body, SCHEMAS[kind])
    messages = [f"{kind}: {message.removeprefix('[ERROR] ')}" for message in found]
    return [
        message for message in messages if not any(re.match(known, message) for known in BESIDE_THE_TYPES)
    ]


async def everything(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    """Do one of everything."""
    go = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
    pick = {"type": "static_select", "action_id": "pick", "options": options("a", "b")}
    row = {"type": "actions", "block_id": "row", "elements": [go, pick]}
    posted = await client.chat_postMessage(channel="C0PAY", text="head", blocks=[row])
    await client.chat_update(channel="C0PAY", ts=posted["ts"], text="new head", blocks=[row])
    await client.chat_postEphemeral(channel="C0PAY", user="U0ANA", text="psst", blocks=[row])
    await ana.click("C0PAY", posted["ts"], "go")
    await ana.click("C0PAY", posted["ts"], "pick", selected_option={"value": "b"})
    await ana.click("C0PAY", (await ana.messages("C0PAY"))[1]["ts"], "go")
    select = field("repository", {"type": "external_select", "min_query_length": 0})
    app.answers["block_suggestion"] = {"options": []}
    view = await opened(client, ana, app, modal(row, select, notify_on_close=True))
    await ana.act(view["id"], "go")
    await ana.options(view["id"], "it", "x", block_id="repository")
    await ana.submit(view["id"], {"repository": {"it": {"selected_option": options("r")[0]}}})
    gone = await opened(client, ana, app, modal(row, notify_on_close=True))
    await ana.close(gone["id"])
    await ana.shortcut("new_spec")
    await ana.shortcut("from_message", channel="C0PAY", message_ts=posted["ts"])
    ts = await ana.message("C0PAY", "@codegen hello <b> & co")
    await ana.message("C0PAY", "in the thread", thread_ts=ts)
    await ana.message("C0PAY", "see the file", files=[{"name": "log.txt", "content": "boom"}])
    await ana.react("C0PAY", ts, "eyes")
    await ana.react("C0PAY", ts, "eyes", remove=True)
    await client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [row]})
    await ana.open_home()


async def test_every_payload_has_its_published_type(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    enough = asyncio.Event()
    wanted = set(SCHEMAS) - {"file_share", "message_changed"}
    app.on_hearing = lambda _: enough.set() if wanted <= {kind_of(p) for p in app.heard} else None
    await everything(client, ana, app)
    async with asyncio.timeout(5):
        await enough.wait()
    assert [message for payload in app.heard for message in told(payload)] == []


async def test_events_have_ids_of_their_own(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    both = asyncio.Event()
    app.on_hearing = lambda _: both.set() if len(app.heard) == 2 else None
    await ana.message("C0PAY", "@codegen hello <b> & co")
    async with asyncio.timeout(5):
        await both.wait()
    assert {kind_of(payload) for payload in app.heard} == {"message", "app_mention"}
    assert len({payload["event_id"] for payload in app.heard}) == 2
    assert app.heard[0]["event"]["text"] == "<@U0BOT> hello &lt;b&gt; &amp; co"
