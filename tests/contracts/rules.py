"""What Slack refuses of a payload, and what a person could not read: published types, lengths, access."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from playground.slack import limits
from playground.slack.contracts import problems
from playground.slack.payload import SlackError
from playground.slack.validate import message_blocks, view_definition
from tests.contracts.hostile import CALLS

BUDGET = 12_000
"""Characters of all blocks of a message: Slack's own limit is not published, and about 13,200."""

_SHORTCODE = re.compile(r":[a-z0-9_+-]+:")
_BROAD = re.compile(r"[^\W_]")


def message(text: str, blocks: Sequence[Any]) -> list[str]:
    """What is wrong with a message; its text is what a screen reader or a notification has of it."""
    shown = [wide(one) for one in blocks]
    faults = [] if text.strip() else ["no text"]
    faults += [f"a text of {_units(text)} characters"] if _units(text) > limits.UPDATE_TEXT else []
    faults += ["too many characters"] if limits.block_characters(shown) > BUDGET else []
    faults += _refused(lambda: message_blocks(shown)) if blocks else []
    return [*faults, *_unread([*blocks, {"type": "mrkdwn", "text": text}])]


def view(shown: Any) -> list[str]:
    """What is wrong with a modal or a home."""
    faults = _refused(lambda: view_definition(wide(shown), shown.get("type", "")))
    return [*faults, *_unread(shown)]


def answer(given: Any) -> list[str]:
    """What is wrong with an answer to a submitted view: errors, or another view."""
    faults = problems(given, "ViewResponseAction")
    return faults + ["an empty error" for text in given.get("errors", {}).values() if not text.strip()]


def offered(options: Sequence[Any]) -> list[str]:
    """What is wrong with the options of a picker."""
    return [*limits.exceeded({"options": [wide(one) for one in options]}, "")]


def sentence(text: str) -> list[str]:
    """What is wrong with what only one person sees."""
    return message(text, ())


def wide(node: Any) -> Any:
    """The payload with characters as wide as in UTF-16: nobody says what Slack counts in."""
    if isinstance(node, str):
        return "".join("xx" if ord(one) > 0xFFFF else one for one in node)
    if isinstance(node, dict):
        return {key: wide(value) for key, value in node.items()}
    return [wide(one) for one in node] if isinstance(node, list | tuple) else node


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _refused(check: Any) -> list[str]:
    try:
        check()
    except SlackError as error:
        return [error.code, *error.messages]
    return []


def _unread(node: Any, key: str = "") -> Iterator[str]:
    """Texts that call somebody, or say nothing without colour and pictures; anything Slack cannot store."""
    if isinstance(node, list | tuple):
        for one in node:
            yield from _unread(one, key)
    if not isinstance(node, dict):
        return
    kind, text = node.get("type"), node.get("text")
    if kind in ("mrkdwn", "plain_text") and isinstance(text, str):
        if kind == "mrkdwn":
            yield from (f"{call} in {key}" for call in CALLS if call in text)
        if not _BROAD.search(_SHORTCODE.sub("", text)):
            yield f"nothing to read in {key}: {text[:40]!r}"
        yield from _unstorable(text)
    if kind == "button" and node.get("style") and not text:
        yield "a button without a label"
    if kind == "image" and not str(node.get("alt_text", "")).strip():
        yield "an image without alt_text"
    if kind == "input" and not (node.get("label") or {}).get("text", "").strip():
        yield "an input without a label"
    for name, value in node.items():
        yield from _unread(value, name)


def _unstorable(text: str) -> Iterator[str]:
    try:
        json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        yield "half a character"
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        yield "a control character"
