"""Slack's lengths, checked over any payload: what would be refused."""

from collections.abc import Iterator
from typing import Any

BY_KEY = {
    "placeholder": 150,
    "label": 2000,
    "hint": 2000,
    "submit": 24,
    "close": 24,
    "description": 75,
}
BY_TYPE = {"section": 3000, "context": 3000, "button": 75, "header": 150}


def too_long(payload: object, path: str = "") -> list[str]:
    """Every place of a view or message that is longer than Slack takes."""
    return list(_faults(payload, path))


def _faults(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, list):
        for number, one in enumerate(part):
            yield from _faults(one, f"{path}[{number}]")
    if not isinstance(part, dict):
        return
    yield from (f"{path}.{name}" for name, most in _limits(part, path) if _length(part, name) > most)
    for name, one in part.items():
        yield from _faults(one, f"{path}.{name}")


def _limits(part: dict[str, Any], path: str) -> Iterator[tuple[str, int]]:
    name = path.rsplit(".", 1)[-1].split("[")[0]
    yield from (("action_id", 255), ("block_id", 255), ("callback_id", 255), ("private_metadata", 3000))
    yield from (
        ("blocks", 100),
        ("options", 100),
        ("elements", 25),
        ("initial_value", part.get("max_length", 3000)),
    )
    if part.get("type") in ("plain_text", "mrkdwn"):
        yield "text", BY_KEY.get(name, 24 if path == ".title" else 3000)
    if "value" in part and "text" in part:
        yield "value", 2000 if part.get("type") == "button" else 150
    if "value" in part and part.get("type") is None:
        yield from ((f"text/{key}", 75) for key in ("text",))


def _length(part: dict[str, Any], name: str) -> int:
    first, _, inner = name.partition("/")
    value = part.get(first)
    value = value.get(inner) if inner and isinstance(value, dict) else value
    if isinstance(value, str):
        return len(value.encode("utf-16-le", "surrogatepass")) // 2
    return len(value) if isinstance(value, list) else 0
