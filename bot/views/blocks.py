"""Block Kit's pieces with their lengths kept.

See https://docs.slack.dev/reference/block-kit/block-elements/
"""

from collections.abc import Sequence

from bot.views import fit
from bot.views.words import OptionWords

Block = dict[str, object]
"""A part of a payload as Slack's JSON has it."""


def plain(text: str, limit: int) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": fit.fit(text, limit), "emoji": False}


def mrkdwn(text: str, limit: int = fit.SECTION) -> Block:
    """A mrkdwn object; the text is escaped already."""
    return {"type": "mrkdwn", "text": fit.fit(text, limit), "verbatim": True}


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def sides(left: str, right: str) -> Block:
    """Two columns of mrkdwn."""
    return {"type": "section", "fields": [mrkdwn(left, 2000), mrkdwn(right, 2000)]}


def context(text: str) -> Block:
    """A small line of mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def option(value: str, words: OptionWords) -> Block:
    """One choice of a select."""
    chosen: Block = {"text": plain(words.text, fit.OPTION_TEXT), "value": fit.fit(value, fit.OPTION_VALUE)}
    if words.description:
        chosen["description"] = plain(words.description, fit.OPTION_TEXT)
    return chosen


def text_input(name: str, *, value: str, placeholder: str, multiline: bool, longest: int) -> Block:
    """A plain_text_input, filled with `value` unless that is empty."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": multiline,
        "max_length": longest,
        "placeholder": plain(placeholder, fit.PLACEHOLDER),
    }
    return element | {"initial_value": fit.fit(value, longest)} if value else element


def select(name: str, *, options: Sequence[Block], value: str, placeholder: str) -> Block:
    """A static_select, with `value` chosen when it is among the options; of equal values the first stays."""
    unique: dict[str, Block] = {}
    for one in options:
        unique.setdefault(str(one["value"]), one)
    element: Block = {
        "type": "static_select",
        "action_id": name,
        "options": list(unique.values()),
        "placeholder": plain(placeholder, fit.PLACEHOLDER),
    }
    chosen = unique.get(value)
    return element | {"initial_option": chosen} if chosen else element


def external_select(name: str, *, initial: Block | None, placeholder: str) -> Block:
    """An external_select that asks for options from the first letter on, or before."""
    element: Block = {
        "type": "external_select",
        "action_id": name,
        "min_query_length": 0,
        "placeholder": plain(placeholder, fit.PLACEHOLDER),
    }
    return element | {"initial_option": initial} if initial else element


def multi_external_select(name: str, *, initial: Sequence[Block], placeholder: str) -> Block:
    """A multi_external_select that asks for options from the first letter on, or before."""
    element: Block = {
        "type": "multi_external_select",
        "action_id": name,
        "min_query_length": 0,
        "placeholder": plain(placeholder, fit.PLACEHOLDER),
    }
    return element | {"initial_options": list(initial)} if initial else element


def number(name: str, *, value: str, placeholder: str) -> Block:
    """A number_input for an amount of money."""
    element: Block = {
        "type": "number_input",
        "action_id": name,
        "is_decimal_allowed": True,
        "min_value": "0.01",
        "placeholder": plain(placeholder, fit.PLACEHOLDER),
    }
    return element | {"initial_value": value} if value else element


def moment(name: str, value: str) -> Block:
    """A datetimepicker; its value is seconds since 1970."""
    element: Block = {"type": "datetimepicker", "action_id": name}
    return element | {"initial_date_time": int(value)} if len(value) == 10 and value.isdigit() else element


def button(action: str, label: str, value: str, *, style: str = "") -> Block:
    """A button; `style` is primary, danger or none."""
    found: Block = {
        "type": "button",
        "action_id": action,
        "text": plain(label, fit.BUTTON),
        "value": value,
    }
    return found | {"style": style} if style else found


def actions(*buttons: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def labelled(element: Block, *, label: str, hint: str | None, optional: bool) -> Block:
    """An input block; its block_id is the element's action_id."""
    block: Block = {
        "type": "input",
        "block_id": element["action_id"],
        "element": element,
        "label": plain(label, fit.LABEL),
        "optional": optional,
    }
    return block | {"hint": plain(hint, fit.LABEL)} if hint else block
