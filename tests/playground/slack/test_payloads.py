"""Everything the stand-in sends to an app is what Slack's published types describe."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from playground.slack import SlackStandIn
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
    "message_metadata_posted": "MessageMetadataPostedEvent",
}


BESIDE_THE_TYPES = (
    r"block_actions: missing required field: response_url",  # clicks in views have none
    r"app_home_opened: .*/view\]",  # the event carries the whole view, the type only its definition
    r"message(_changed)?: invalid additional property: app_id ",  # messages of bots have it
    r"message_changed: missing required field: (channel|channel_type|event_ts) .*message\]",  # only outside
    r"file_share: invalid additional property: (timestamp|client_msg_id, team) ",  # as Slack sends them
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
    wanted = set(SCHEMAS) - {"file_share", "message_changed", "message_metadata_posted"}
    app.on_hearing = lambda _: enough.set() if wanted <= {kind_of(p) for p in app.heard} else None
    await everything(client, ana, app)
    async with asyncio.timeout(20):
        await enough.wait()
    assert [message for payload in app.heard for message in told(payload)] == []


async def test_events_have_ids_of_their_own(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    both = asyncio.Event()
    app.on_hearing = lambda _: both.set() if len(app.heard) == 2 else None
    await ana.message("C0PAY", "@codegen hello <b> & co")
    async with asyncio.timeout(20):
        await both.wait()
    assert {kind_of(payload) for payload in app.heard} == {"message", "app_mention"}
    assert len({payload["event_id"] for payload in app.heard}) == 2
    assert app.heard[0]["event"]["text"] == "<@U0BOT> hello &lt;b&gt; &amp; co"


ELEMENTS: dict[str, tuple[Payload, Payload]] = {
    "static_select": ({"options": options("a")}, {"selected_option": {"value": "a"}}),
    "external_select": ({}, {"selected_option": options("z")[0]}),
    "users_select": ({}, {"selected_user": "U0BEN"}),
    "conversations_select": ({}, {"selected_conversation": "C0PAY"}),
    "channels_select": ({}, {"selected_channel": "C0PAY"}),
    "overflow": ({"options": options("a")}, {"selected_option": {"value": "a"}}),
    "radio_buttons": ({"options": options("a")}, {"selected_option": {"value": "a"}}),
    "checkboxes": ({"options": options("a", "b")}, {"selected_options": [{"value": "b"}]}),
    "datepicker": ({}, {"selected_date": "2026-11-21"}),
    "timepicker": ({}, {"selected_time": "12:30"}),
}


@pytest.mark.parametrize("kind", ELEMENTS)
async def test_every_element_of_a_message_can_be_used(
    client: AsyncWebClient, ana: Person, app: ScriptedApp, kind: str
) -> None:
    given, entry = ELEMENTS[kind]
    element = {"type": kind, "action_id": "it", **given}
    row = {"type": "actions", "block_id": "row", "elements": [element]}
    posted = await client.chat_postMessage(channel="C0PAY", text="x", blocks=[row])
    assert await ana.click("C0PAY", posted["ts"], "it", **entry) == {"ok": True}
    (clicked,) = app.of("block_actions")
    assert told(clicked) == []
    key = next(iter(entry))
    held = clicked["state"]["values"].get("row", {}).get("it", {}).get(key)
    assert held == (None if kind == "overflow" else clicked["actions"][0][key])


async def test_answers_entered_in_a_message_come_with_its_button(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    choice = field("question", {"type": "radio_buttons", "options": options("a", "b")})
    send = {"type": "button", "action_id": "answer", "text": plain("Answer")}
    row = {"type": "actions", "block_id": "row", "elements": [send]}
    posted = await client.chat_postMessage(channel="C0PAY", text="?", blocks=[choice, row])
    await ana.click("C0PAY", posted["ts"], "it", selected_option={"value": "b"})
    assert app.of("block_actions") == []
    await ana.click("C0PAY", posted["ts"], "answer")
    (clicked,) = app.of("block_actions")
    assert clicked["state"]["values"]["question"]["it"]["selected_option"]["value"] == "b"
    with pytest.raises(ValueError, match="invalid_option"):
        await ana.click("C0PAY", posted["ts"], "it", selected_option={"value": "c"})


async def test_only_subscribed_events_of_own_channels_are_sent(
    client: AsyncWebClient, slack: SlackStandIn, ana: Person, app: ScriptedApp
) -> None:
    metadata = {"event_type": "head", "event_payload": {}}
    await client.chat_postMessage(channel="C0GEN", text="public, but the app is no member", metadata=metadata)
    await ana.message("C0GEN", "@codegen hello?")
    assert slack.events.sent == []
    granted = replace(
        slack.state.workspace.app,
        scopes=("chat:write", "metadata.message:read"),
        events=("message.channels", "message_metadata_posted"),
    )
    slack.state.workspace = replace(slack.state.workspace, app=granted)
    await client.chat_postMessage(channel="C0PAY", text="head", metadata=metadata)
    (sent,) = slack.events.sent
    assert told(sent) == []
    assert sent["event"]["metadata"] == metadata
