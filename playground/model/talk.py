"""A chat as the scripted model sees it: the task, its tools, what it called and what came back."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
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
class Turn:
    """The calls of one answer and what came back for each."""

    calls: tuple[Call, ...]
    seen: tuple[Seen, ...]


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
    turns: tuple[Turn, ...] = field(default=())

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
    return Talk(task=users[0] if users else "", tools=tools, turns=tuple(_turns(messages)))


def text_of(message: Json) -> str:
    """A message's text, whether plain or in parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def _turns(messages: list[Json]) -> Iterator[Turn]:
    for index, message in enumerate(messages):
        calls = message.get("tool_calls") or []
        if not calls:
            continue
        after = list(takewhile(lambda one: one["role"] != "assistant", messages[index + 1 :]))
        said = "\n".join(text_of(one) for one in after if one["role"] == "user")
        results = {one["tool_call_id"]: one for one in after if one["role"] == "tool"}
        yield Turn(
            tuple(Call(one["function"]["name"], _arguments(one["function"]["arguments"])) for one in calls),
            tuple(_seen(results[one["id"]], said) for one in calls),
        )


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
