"""A chat as the scripted model sees it: the task, its tools, what it called and what came back."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
"""A JSON object."""


@dataclass(frozen=True)
class Call:
    """One call of a tool."""

    tool: str
    args: Json


@dataclass(frozen=True)
class Seen:
    """What came back: a result, or an error, and what was said along with it."""

    text: str
    ok: bool = True
    said: str = ""


@dataclass(frozen=True)
class Exchange:
    """A call and what came back."""

    call: Call
    seen: Seen


@dataclass(frozen=True)
class Criterion:
    """One criterion of the task."""

    id: str
    text: str


@dataclass(frozen=True)
class Talk:
    """Everything one request tells."""

    task: str
    tools: frozenset[str]
    exchanges: tuple[Exchange, ...] = field(default=())

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The task's criteria, as they are listed."""
        found = re.findall(r"^- ([A-Z]{1,4}\d{1,3}): (.+)$", self.task, re.MULTILINE)
        return tuple(Criterion(name, text.strip()) for name, text in found)


def read_talk(body: Json) -> Talk:
    """The chat in a request that has been found well formed."""
    messages: list[Json] = body["messages"]
    users = [text_of(one) for one in messages if one["role"] == "user"]
    tools = frozenset(tool["function"]["name"] for tool in body.get("tools") or [])
    return Talk(task=users[0] if users else "", tools=tools, exchanges=tuple(_exchanges(messages)))


def text_of(message: Json) -> str:
    """A message's text, whether plain or in parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def _exchanges(messages: list[Json]) -> list[Exchange]:
    found = []
    for index, message in enumerate(messages):
        for call in message.get("tool_calls") or []:
            after = messages[index + 1 :]
            result = next(one for one in after if one.get("tool_call_id") == call["id"])
            turn = next((n for n, one in enumerate(after) if one["role"] == "assistant"), len(after))
            said = "\n".join(text_of(one) for one in after[:turn] if one["role"] == "user")
            function = call["function"]
            found.append(
                Exchange(Call(function["name"], _arguments(function["arguments"])), _seen(result, said))
            )
    return found


def _arguments(text: str) -> Json:
    try:
        value = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return value if isinstance(value, dict) else {"unreadable": text}


def _seen(result: Json, said: str) -> Seen:
    text = text_of(result)
    try:
        value = json.loads(text)
    except ValueError:
        return Seen(text, said=said)
    if isinstance(value, dict) and set(value) == {"error"}:
        return Seen(str(value["error"]), ok=False, said=said)
    return Seen(text, said=said)
