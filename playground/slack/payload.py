"""JSON as Slack sends it, and the one exception that becomes an `ok: false` answer."""

import json
from typing import Any

Payload = dict[str, Any]
"""A JSON object of Slack's protocol."""


class SlackError(Exception):
    """A refusal in Slack's words: an error code, and messages naming the place."""

    def __init__(self, code: str, *messages: str, **extra: object) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = messages
        self.extra = extra

    def answer(self) -> Payload:
        """Return the Web API answer for this refusal."""
        answer: Payload = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


def problem(text: str, pointer: str) -> str:
    """Return one entry of `response_metadata.messages`: what is wrong, and where as a JSON pointer."""
    return f"[ERROR] {text} [json-pointer:{pointer}]"


def size(value: object) -> int:
    """Return the length of the value's compact JSON in bytes."""
    return len(json.dumps(value, separators=(",", ":")).encode())


def strings(node: object, key: str) -> list[str]:
    """Return every string that stands under `key`, at any depth."""
    if isinstance(node, dict):
        own = [node[key]] if isinstance(node.get(key), str) else []
        return own + [text for value in node.values() for text in strings(value, key)]
    return [text for item in node for text in strings(item, key)] if isinstance(node, list) else []
