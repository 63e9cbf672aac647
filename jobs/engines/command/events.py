"""What a program tells on standard output while it works, read line by line; all of it is untrusted."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from jobs.domain.base_model import Frozen
from jobs.domain.coding_agent import Told
from jobs.redaction import scrub

STEP: Final = 80
"""Characters of a step."""
SAID: Final = 4000
"""Characters of what it says."""

Json = dict[str, Any]


class Event(Frozen):
    """What one line tells."""

    step: str = ""
    """What it is doing, in a few words."""
    said: str = ""
    """What it says; the last is its summary unless a report has one."""
    failed: str = ""
    """What it says went wrong."""


NOTHING: Final = Event()
"""A line that tells nothing."""


def read_event(told: Told, line: str) -> Event:
    """What a line tells; nothing when it is none that this program is known to print."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return _bounded(Event(said=line)) if told is Told.PLAIN and value is None else NOTHING
    try:
        return _bounded(_READ[told](value))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return NOTHING


def _codex(line: Json) -> Event:
    if line["type"] in ("error", "turn.failed"):
        return Event(failed=str(line.get("message") or line["error"]["message"]))
    item: Json = line["item"]
    match item["type"]:
        case "command_execution":
            return Event(step=f"running {item['command']}")
        case "file_change":
            return Event(step=f"writing {item['changes'][0]['path']}")
        case "agent_message":
            return Event(said=str(item["text"]))
        case "error":
            return Event(failed=str(item["message"]))
    return NOTHING


def _claude(line: Json) -> Event:
    if line["type"] == "result":
        said = str(line.get("result") or "")
        return Event(failed=said or str(line["subtype"])) if line.get("is_error") else Event(said=said)
    parts: list[Json] = line["message"]["content"] if line["type"] == "assistant" else []
    calls = [one for one in parts if one["type"] == "tool_use"]
    texts = [str(one["text"]) for one in parts if one["type"] == "text"]
    return Event(
        step=_call(calls[0]["name"], calls[0]["input"]) if calls else "", said=texts[-1] if texts else ""
    )


def _opencode(line: Json) -> Event:
    if line["type"] == "error":
        error: Json = line["error"]
        return Event(failed=str((error.get("data") or {}).get("message") or error.get("name")))
    part: Json = line["part"]
    if line["type"] == "text":
        return Event(said=str(part["text"]))
    return Event(step=_call(part["tool"], part["state"]["input"])) if line["type"] == "tool_use" else NOTHING


def _plain(line: Json) -> Event:
    return Event(step=str(line.get("step") or ""), said=str(line.get("text") or ""))


def _call(name: object, given: Json) -> str:
    """A call of a tool in words: what it runs or which file it is about."""
    what = given.get("command") or given.get("file_path") or given.get("filePath") or given.get("pattern")
    return f"{str(name).lower()} {what or ''}".strip()


def _bounded(event: Event) -> Event:
    step = scrub(" ".join(event.step.split()))
    return Event(
        step=step if len(step) <= STEP else step[: STEP - 1] + "…",
        said=scrub(event.said.strip()[:SAID]),
        failed=scrub(" ".join(event.failed.split())[:SAID]),
    )


_READ: Final[Mapping[Told, Callable[[Json], Event]]] = {
    Told.CODEX: _codex,
    Told.CLAUDE_CODE: _claude,
    Told.OPENCODE: _opencode,
    Told.PLAIN: _plain,
}
