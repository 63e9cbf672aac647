"""Interactive elements: where they stand in a block, what they hold, and the `state.values` they make."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.slack.payload import Payload, SlackError, problem


@dataclass(frozen=True)
class Field:
    """Where an element type keeps its entry in the state, and where the initial one stands."""

    key: str
    initial: str
    many: bool = False


FIELDS: dict[str, Field] = {
    "plain_text_input": Field("value", "initial_value"),
    "email_text_input": Field("value", "initial_value"),
    "url_text_input": Field("value", "initial_value"),
    "number_input": Field("value", "initial_value"),
    "rich_text_input": Field("rich_text_value", "initial_value"),
    "static_select": Field("selected_option", "initial_option"),
    "external_select": Field("selected_option", "initial_option"),
    "radio_buttons": Field("selected_option", "initial_option"),
    "overflow": Field("selected_option", "initial_option"),
    "multi_static_select": Field("selected_options", "initial_options", many=True),
    "multi_external_select": Field("selected_options", "initial_options", many=True),
    "checkboxes": Field("selected_options", "initial_options", many=True),
    "users_select": Field("selected_user", "initial_user"),
    "multi_users_select": Field("selected_users", "initial_users", many=True),
    "channels_select": Field("selected_channel", "initial_channel"),
    "multi_channels_select": Field("selected_channels", "initial_channels", many=True),
    "conversations_select": Field("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Field("selected_conversations", "initial_conversations", many=True),
    "datepicker": Field("selected_date", "initial_date"),
    "timepicker": Field("selected_time", "initial_time"),
    "datetimepicker": Field("selected_date_time", "initial_date_time"),
    "file_input": Field("files", "", many=True),
}
"""The elements that hold an entry."""

STATELESS = frozenset({"button", "workflow_button", "overflow", "feedback_buttons", "icon_button"})
"""Elements that can be clicked but leave nothing in the state."""

OPTION_TYPES = frozenset({"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"})
"""Elements whose options are part of the block."""

Entries = dict[str, dict[str, Payload]]
"""What a person has entered: block id → action id → state value."""


def elements_of(block: Payload) -> Iterator[tuple[str, Payload]]:
    """Yield the interactive elements of a block, each with its JSON pointer inside the block."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict) and _is_interactive(block[key]):
            yield f"/{key}", block[key]
    listed = block.get("elements", [])
    for index, element in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(element, dict) and _is_interactive(element):
            yield f"/elements/{index}", element


def options_of(element: Payload) -> list[Payload]:
    """Return every option of an element, those in groups included."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def find(blocks: list[Payload], block_id: str, action_id: str) -> tuple[Payload, Payload] | None:
    """Return the block and the element with these ids, None if there is no such element."""
    for block in blocks:
        if block.get("block_id") == block_id:
            for _, element in elements_of(block):
                if element.get("action_id") == action_id:
                    return block, element
    return None


def initial(element: Payload) -> Payload:
    """Return an element's state value before anybody touched it."""
    field = FIELDS[element["type"]]
    untouched: Any = [] if field.many else None
    return {"type": element["type"], field.key: element.get(field.initial, untouched)}


def entered(element: Payload, given: Payload) -> Payload:
    """Return the state value for what a person gave: typed, and a bare option value as its option.

    Raises `invalid_option` for one that the element does not offer.
    """
    field = FIELDS[element["type"]]
    value = given.get(field.key, [] if field.many else None)
    if field.key == "selected_option":
        value = _option(element, value)
    if field.key == "selected_options":
        value = [_option(element, option) for option in value or []]
    if field.key == "value":
        value = value or None
    return {"type": element["type"], field.key: value}


def state_values(blocks: list[Payload], entries: Entries) -> Entries:
    """Return `state.values`: what was entered, else the initial values; nothing of vanished blocks."""
    values: Entries = {}
    for block in blocks:
        for _, element in elements_of(block):
            if element["type"] in FIELDS and element["type"] not in STATELESS:
                block_id, action_id = block["block_id"], element["action_id"]
                kept = entries.get(block_id, {}).get(action_id)
                same = kept is not None and kept["type"] == element["type"]
                values.setdefault(block_id, {})[action_id] = kept if kept and same else initial(element)
    return values


def _is_interactive(element: Payload) -> bool:
    return element.get("type") in FIELDS or element.get("type") in STATELESS


def _option(element: Payload, given: Payload | str | None) -> Payload | None:
    if given is None:
        return None
    wanted = given if isinstance(given, str) else given.get("value")
    for option in options_of(element):
        if option.get("value") == wanted:
            return option
    if element["type"] in OPTION_TYPES:
        raise SlackError("invalid_option", problem(f"{element['type']} has no option {wanted}", ""))
    return (
        {"text": {"type": "plain_text", "text": given}, "value": given} if isinstance(given, str) else given
    )
