"""Slack's length and count limits, as one table over the `type` of blocks, elements and views.

The published types do not carry these; sources: Slack's Block Kit reference and measured answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.slack.payload import Payload, problem, strings

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ATTACHMENTS = 100
VIEW_BYTES = 250_000
MESSAGE_BLOCK_CHARACTERS = 13_200
UPDATE_TEXT = 4000
POST_TEXT = 40_000
MARKDOWN_CHARACTERS = 12_000
METADATA_BYTES = 16_000
SNIPPET_BYTES = 1_000_000
STACK = 3
TRIGGER_SECONDS = 3.0
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
SOCKETS = 10


@dataclass(frozen=True)
class Limit:
    """How long a text or a list may be; `path` is dotted, `*` means each item."""

    path: str
    most: int
    least: int = 0


_IDS = (Limit("block_id", 255), Limit("action_id", 255, 1))
_PLACEHOLDER = (Limit("placeholder.text", 150, 1),)
_SELECT = (
    *_PLACEHOLDER,
    Limit("options", 100, 1),
    Limit("option_groups", 100, 1),
    Limit("option_groups.*.label.text", 75, 1),
    Limit("option_groups.*.options", 100, 1),
)
_BUTTON = (
    Limit("text.text", 75, 1),
    Limit("value", 2000),
    Limit("url", 3000),
    Limit("accessibility_label", 75),
)

LIMITS: dict[str, tuple[Limit, ...]] = {
    "section": (Limit("text.text", 3000, 1), Limit("fields", 10, 1), Limit("fields.*.text", 2000, 1)),
    "header": (Limit("text.text", 150, 1),),
    "context": (Limit("elements", 10, 1),),
    "context_actions": (Limit("elements", 5, 1),),
    "actions": (Limit("elements", 25, 1),),
    "input": (Limit("label.text", 2000, 1), Limit("hint.text", 2000, 1)),
    "image": (
        Limit("alt_text", 2000, 1),
        Limit("image_url", 3000, 1),
        Limit("title.text", 2000, 1),
    ),
    "markdown": (Limit("text", MARKDOWN_CHARACTERS, 1),),
    "video": (Limit("title.text", 200, 1), Limit("alt_text", 2000, 1), Limit("author_name", 50)),
    "table": (Limit("rows", 100, 1), Limit("rows.*", 20, 1), Limit("column_settings", 20)),
    "plan": (Limit("tasks", 50, 1),),
    "alert": (Limit("text.text", 200, 1),),
    "plain_text": (Limit("text", 3000, 1),),
    "mrkdwn": (Limit("text", 3000, 1),),
    "button": _BUTTON,
    "workflow_button": _BUTTON,
    "static_select": _SELECT,
    "multi_static_select": _SELECT,
    "external_select": _PLACEHOLDER,
    "multi_external_select": _PLACEHOLDER,
    "users_select": _PLACEHOLDER,
    "multi_users_select": _PLACEHOLDER,
    "conversations_select": _PLACEHOLDER,
    "multi_conversations_select": _PLACEHOLDER,
    "channels_select": _PLACEHOLDER,
    "multi_channels_select": _PLACEHOLDER,
    "datepicker": _PLACEHOLDER,
    "timepicker": _PLACEHOLDER,
    "number_input": _PLACEHOLDER,
    "email_text_input": _PLACEHOLDER,
    "url_text_input": _PLACEHOLDER,
    "plain_text_input": (*_PLACEHOLDER, Limit("initial_value", 3000)),
    "overflow": (Limit("options", 5, 1),),
    "checkboxes": (Limit("options", 10, 1),),
    "radio_buttons": (Limit("options", 10, 1),),
    "modal": (
        Limit("title.text", 24, 1),
        Limit("submit.text", 24, 1),
        Limit("close.text", 24, 1),
        Limit("callback_id", 255),
        Limit("external_id", 255),
        Limit("private_metadata", 3000),
        Limit("blocks", VIEW_BLOCKS),
    ),
    "home": (
        Limit("callback_id", 255),
        Limit("external_id", 255),
        Limit("private_metadata", 3000),
        Limit("blocks", VIEW_BLOCKS),
    ),
}
"""Limits by `type`."""

OPTION = (
    Limit("text.text", 75, 1),
    Limit("value", 150, 1),
    Limit("description.text", 75, 1),
    Limit("url", 3000),
)
"""Limits of an option object, which has no `type`."""

CONFIRM = (
    Limit("title.text", 100, 1),
    Limit("text.text", 300, 1),
    Limit("confirm.text", 30, 1),
    Limit("deny.text", 30, 1),
)
"""Limits of a confirmation dialog, which has no `type`."""


def exceeded(node: object, pointer: str) -> Iterator[str]:
    """Yield every limit that `node`, or anything inside it, breaks."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from exceeded(item, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    own = node.get("type")
    rules = LIMITS.get(own, ()) if isinstance(own, str) else _untyped(pointer)
    for limit in (*rules, *_IDS):
        yield from _broken(node, limit, pointer)
    for key, value in node.items():
        if key not in ("event_payload", "metadata"):
            yield from exceeded(value, f"{pointer}/{key}")


def block_characters(blocks: list[Payload]) -> int:
    """Return the characters of all texts in a message's blocks, which Slack limits as a whole."""
    return sum(map(len, strings(blocks, "text")))


def _untyped(pointer: str) -> tuple[Limit, ...]:
    parts = pointer.split("/")
    if parts[-1] == "confirm":
        return CONFIRM
    return OPTION if "options" in parts[-2:] or parts[-1] == "initial_option" else ()


def _broken(node: Payload, limit: Limit, pointer: str) -> Iterator[str]:
    for place, value in _at(node, limit.path.split("."), pointer):
        if not isinstance(value, str | list):
            continue
        unit = "characters" if isinstance(value, str) else "items"
        if len(value) > limit.most:
            yield problem(f"no more than {limit.most} {unit} allowed", place)
        if len(value) < limit.least:
            yield problem(f"must be at least {limit.least} {unit}", place)


def _at(node: object, path: list[str], pointer: str) -> Iterator[tuple[str, object]]:
    if not path:
        yield pointer, node
    elif path[0] == "*" and isinstance(node, list):
        for index, item in enumerate(node):
            yield from _at(item, path[1:], f"{pointer}/{index}")
    elif isinstance(node, dict) and path[0] in node:
        yield from _at(node[path[0]], path[1:], f"{pointer}/{path[0]}")
