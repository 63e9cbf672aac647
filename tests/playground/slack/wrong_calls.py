"""The table of wrong calls, and the small builders it is written with."""

from dataclasses import dataclass, field
from typing import Any

from playground.slack.seed import APP_KEY, BOT_KEY

Payload = dict[str, Any]


def plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text}


def button(**changes: Any) -> Payload:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **changes}


def actions(*elements: Payload) -> list[Payload]:
    return [{"type": "actions", "elements": list(elements)}]


def section(text: str = "x", **changes: Any) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **changes}


def options(count: int, **changes: Any) -> list[Payload]:
    return [{"text": plain(str(n)), "value": str(n), **changes} for n in range(count)]


def select(**changes: Any) -> list[Payload]:
    return actions({"type": "static_select", "action_id": "pick", **changes})


def text_input(**changes: Any) -> Payload:
    return {
        "type": "input",
        "block_id": "title",
        "label": plain("Title"),
        "element": {"type": "plain_text_input", "action_id": "value"},
        **changes,
    }


def modal(**changes: Any) -> Payload:
    return {"type": "modal", "title": plain("Spec"), "blocks": [section()], **changes}


@dataclass(frozen=True)
class Wrong:
    """A call and the error it must get; `at` is the JSON pointer that the answer must name."""

    id: str
    method: str
    args: Payload
    error: str
    at: str | None = None
    token: str | None = field(default=BOT_KEY, repr=False)
    without: str | None = None
    """A scope the app lacks."""


def post(id: str, error: str, at: str | None = None, **args: Any) -> Wrong:
    return Wrong(id, "chat.postMessage", {"channel": "C0PAY", **args}, error, at)


def blocks(id: str, at: str, wrong: list[Payload]) -> Wrong:
    return post(id, "invalid_blocks", at, text="x", blocks=wrong)


def view(id: str, at: str, **changes: Any) -> Wrong:
    return Wrong(id, "views.publish", {"user_id": "U0ANA", "view": modal(**changes)}, "invalid_arguments", at)


def opening(id: str, at: str, **changes: Any) -> Wrong:
    return Wrong(id, "views.open", {"trigger_id": "any", "view": modal(**changes)}, "invalid_arguments", at)


META = {"event_type": "head", "event_payload": {"task": "cg-1"}}
LONG = "x" * 3001

WRONG = [
    Wrong("unknown method", "chat.shout", {}, "unknown_method"),
    Wrong("no token", "auth.test", {}, "not_authed", token=None),
    Wrong("a stranger's token", "auth.test", {}, "invalid_auth", token="xoxb-stranger"),
    Wrong("an app token for a bot's method", "auth.test", {}, "not_allowed_token_type", token=APP_KEY),
    Wrong("a bot token for a socket", "apps.connections.open", {}, "not_allowed_token_type"),
    Wrong(
        "no chat:write",
        "chat.postMessage",
        {"channel": "C0PAY", "text": "x"},
        "missing_scope",
        without="chat:write",
    ),
    Wrong("no im:write", "conversations.open", {"users": "U0ANA"}, "missing_scope", without="im:write"),
    Wrong(
        "no groups:history",
        "conversations.history",
        {"channel": "G0IN"},
        "missing_scope",
        without="groups:history",
    ),
    Wrong("joining without the scope", "conversations.join", {"channel": "C0GEN"}, "missing_scope"),
    Wrong("missing channel", "chat.postMessage", {"text": "x"}, "invalid_arguments"),
    post("unknown argument", "invalid_arguments", text="x", colour="red"),
    post("a boolean that is none", "invalid_arguments", "/unfurl_links", text="x", unfurl_links="maybe"),
    post("a number as text", "invalid_arguments", "/text", text=5),
    post("nothing to say", "no_text"),
    post("unknown channel", "channel_not_found", channel="C0NONE", text="x"),
    post("a private channel without the bot", "not_in_channel", channel="G0OUT", text="x"),
    post("an archived channel", "is_archived", channel="C0OLD", text="x"),
    post("a thread that is none", "thread_not_found", text="x", thread_ts="1.000001"),
    post("blocks that are no list", "invalid_blocks_format", blocks="section"),
    post("metadata without a type", "invalid_metadata_format", text="x", metadata={"event_payload": {}}),
    post("metadata with more keys", "invalid_metadata_format", text="x", metadata={**META, "by": "me"}),
    post(
        "huge metadata",
        "metadata_too_large",
        text="x",
        metadata={**META, "event_payload": {"a": "x" * 20_000}},
    ),
    post("markdown beside text", "markdown_text_conflict", text="x", markdown_text="y"),
    post(
        "all blocks together", "msg_blocks_too_long", text="x", blocks=[section("y" * 2700) for _ in range(5)]
    ),
    post("attachments that are no list", "invalid_attachments", attachments={"text": "x"}),
    post("an odd attachment", "invalid_attachments", "/attachments/0", attachments=[{"tone": "x"}]),
    post("101 attachments", "too_many_attachments", attachments=[{"text": "x"}] * 101),
    post("a wrong block in an attachment", "invalid_blocks", attachments=[{"blocks": [{"type": "banner"}]}]),
    blocks("too many blocks", "/blocks", [section() for _ in range(51)]),
    blocks("an unknown block", "/blocks/0/type", [{"type": "banner"}]),
    blocks("a section of nothing", "/blocks/0", [{"type": "section"}]),
    blocks("an unknown property", "/blocks/0", [section(colour="red")]),
    blocks("a section too long", "/blocks/0/text/text", [section(LONG)]),
    blocks("an empty text", "/blocks/0/text/text", [section("")]),
    blocks("too many fields", "/blocks/0/fields", [section(fields=[plain("x")] * 11)]),
    blocks("a header too long", "/blocks/0/text/text", [{"type": "header", "text": plain("x" * 151)}]),
    blocks("a header in mrkdwn", "/blocks/0/text/type", [{"type": "header", "text": section()["text"]}]),
    blocks("a wide context", "/blocks/0/elements", [{"type": "context", "elements": [plain("x")] * 11}]),
    blocks("two blocks of one id", "/blocks/1/block_id", [section(block_id="a"), section(block_id="a")]),
    blocks("two actions of one id", "/blocks/0/elements/1/action_id", actions(button(), button())),
    blocks("a long button", "/blocks/0/elements/0/text/text", actions(button(text=plain("x" * 76)))),
    blocks("a long button value", "/blocks/0/elements/0/value", actions(button(value="x" * 2001))),
    blocks("a blue button", "/blocks/0/elements/0/style", actions(button(style="blue"))),
    blocks("26 buttons", "/blocks/0/elements", actions(*[button(action_id=str(n)) for n in range(26)])),
    blocks("a select without options", "/blocks/0/elements/0", select()),
    blocks("101 options", "/blocks/0/elements/0/options", select(options=options(101))),
    blocks(
        "a long option value",
        "/blocks/0/elements/0/options/0/value",
        select(options=options(1, value="x" * 151)),
    ),
    blocks("equal options", "/blocks/0/elements/0/options", select(options=options(2, value="same"))),
    blocks(
        "an initial option from elsewhere",
        "/blocks/0/elements/0/initial_option",
        select(options=options(1), initial_option=options(2)[1]),
    ),
    blocks("a long block id", "/blocks/0/block_id", [section(block_id="x" * 256)]),
    blocks("two tables", "/blocks", [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2),
    blocks("a file input in a message", "/blocks/0/element", [text_input(element={"type": "file_input"})]),
    Wrong("updating a person's words", "chat.update", {"ts": "person", "text": "x"}, "cant_update_message"),
    Wrong("updating nothing", "chat.update", {"ts": "1.000001", "text": "x"}, "message_not_found"),
    Wrong("a long update", "chat.update", {"ts": "bot", "text": "x" * 4001}, "msg_too_long"),
    Wrong("deleting a person's words", "chat.delete", {"ts": "person"}, "cant_delete_message"),
    Wrong("ephemeral to nobody", "chat.postEphemeral", {"text": "x"}, "invalid_arguments"),
    Wrong(
        "ephemeral to a stranger", "chat.postEphemeral", {"text": "x", "user": "U0NO"}, "user_not_in_channel"
    ),
    Wrong("a permalink to nothing", "chat.getPermalink", {"message_ts": "1.000001"}, "message_not_found"),
    Wrong("a view without a trigger", "views.open", {"view": modal()}, "invalid_arguments", "/trigger_id"),
    Wrong(
        "a trigger nobody issued",
        "views.open",
        {"trigger_id": "1.2.3", "view": modal()},
        "invalid_trigger_id",
    ),
    opening("a long title", "/view/title/text", title=plain("x" * 25)),
    opening("inputs without submit", "/view/submit", blocks=[text_input()]),
    opening("101 blocks", "/view/blocks", blocks=[section() for _ in range(101)]),
    opening("long private metadata", "/view/private_metadata", private_metadata=LONG),
    opening("a long callback id", "/view/callback_id", callback_id="x" * 256),
    opening("an unknown property of a view", "/view", colour="red"),
    opening("a table in a modal", "/view/blocks/0/type", blocks=[{"type": "table", "rows": []}]),
    opening(
        "an input of 3001 characters",
        "/view/blocks/0/element",
        submit=plain("Send"),
        blocks=[text_input(element={"type": "plain_text_input", "max_length": 3001})],
    ),
    opening("a label in mrkdwn", "/view/blocks/0/label/type", blocks=[text_input(label=section()["text"])]),
    Wrong(
        "a view too large",
        "views.open",
        {"trigger_id": "x", "view": modal(blocks=[section("x" * 3000) for _ in range(90)])},
        "view_too_large",
    ),
    view("a modal as home", "/view/type"),
    Wrong(
        "updating a view that is not there", "views.update", {"view_id": "V0", "view": modal()}, "not_found"
    ),
    Wrong("updating no view", "views.update", {"view": modal()}, "invalid_arguments", "/view_id"),
    Wrong(
        "a reaction with a bad name",
        "reactions.add",
        {"timestamp": "1.000001", "name": "No!"},
        "invalid_name",
    ),
    Wrong(
        "a reaction to nothing",
        "reactions.add",
        {"timestamp": "1.000001", "name": "eyes"},
        "message_not_found",
    ),
    Wrong("a reaction at no time", "reactions.add", {"timestamp": "now", "name": "eyes"}, "bad_timestamp"),
    Wrong("an unknown user", "users.info", {"user": "U0NO"}, "user_not_found"),
    Wrong("an unknown address", "users.lookupByEmail", {"email": "no@example.com"}, "users_not_found"),
    Wrong("an unknown group", "usergroups.users.list", {"usergroup": "S0NO"}, "no_such_subteam"),
    Wrong("a bad cursor", "conversations.list", {"cursor": "later"}, "invalid_cursor"),
    Wrong("a bad type", "conversations.list", {"types": "secret"}, "invalid_types"),
    Wrong(
        "the history of a channel without the bot",
        "conversations.history",
        {"channel": "C0GEN"},
        "not_in_channel",
    ),
    Wrong("a thread of nothing", "conversations.replies", {"ts": "1.000001"}, "thread_not_found"),
    Wrong("a message with nobody", "conversations.open", {}, "users_list_not_supplied"),
    Wrong(
        "an empty file",
        "files.getUploadURLExternal",
        {"filename": "a", "length": 0},
        "invalid_arguments",
        "/length",
    ),
    Wrong(
        "a file of some length",
        "files.getUploadURLExternal",
        {"filename": "a", "length": "ten"},
        "invalid_arguments",
    ),
    Wrong(
        "a snippet over a megabyte",
        "files.getUploadURLExternal",
        {"filename": "a", "length": 2_000_000, "snippet_type": "diff"},
        "snippet_too_large",
    ),
    Wrong("completing nothing", "files.completeUploadExternal", {"files": [{"id": "F0"}]}, "file_not_found"),
]
