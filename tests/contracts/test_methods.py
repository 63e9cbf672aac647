"""Every call of Slack's Web API stands in its published list, with those arguments: read from the source.

What the calls carry at run time is checked by the stand-in, which refuses unknown and missing arguments.
"""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.slack.contracts import methods

ROOT = Path(__file__).parents[2]
MADE_OF = {"files.upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}
"""Calls that the SDK makes of several methods; their arguments are the SDK's own."""
SDK = frozenset(
    {"content", "file", "file_uploads", "filename", "title", "channel", "thread_ts", "initial_comment"}
)
EVERYWHERE = frozenset({"token"})
FAMILIES = frozenset({name.split(".")[0] for name in methods()} | {"bookmarks", "pins", "canvases", "dialog"})


@dataclass(frozen=True)
class Call:
    """A call as the source has it."""

    place: str
    method: str
    given: frozenset[str]
    open: bool
    """True when further arguments come from a mapping or a message."""


def test_every_call_is_in_the_published_list() -> None:
    found = list(calls())

    assert {one.method for one in found} >= {"chat.postMessage", "chat.update", "views.open", "views.update"}
    assert [fault for one in found for fault in faults(one)] == []


def test_the_manifest_grants_every_call() -> None:
    manifest = json.loads((ROOT / "manifest.json").read_text())
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    called = {name for one in calls() for name in MADE_OF.get(one.method, (one.method,))}

    refused = {name: methods()[name]["scopes"] for name in called if methods()[name]["scopes"]}
    assert {name: some for name, some in refused.items() if not granted & set(some)} == {}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("client.chat_shout(channel=c)", "no such method"),
        ("client.chat_postMessage(channel=c, colour='red')", "colour"),
        ("self._client.views_open(trigger_id=t)", "view"),
        ("self._call('chat.update', channel=c)", "ts"),
        ("client.chat_postMessage(channel=c)", "text"),
    ],
)
def test_a_wrong_call_is_seen(source: str, fault: str) -> None:
    (call,) = calls_in(ast.parse(source), "somewhere")

    assert fault in "\n".join(faults(call))


def faults(call: Call) -> Iterator[str]:
    if call.method in MADE_OF:
        yield from (
            f"{call.place}: no such method {one}" for one in MADE_OF[call.method] if one not in methods()
        )
        yield from (f"{call.place}: {one} is no argument" for one in call.given - SDK - EVERYWHERE)
        return
    if call.method not in methods():
        yield f"{call.place}: no such method {call.method}"
        return
    known = methods()[call.method]["args"]
    yield from (f"{call.place}: {one} is no argument" for one in sorted(call.given - set(known) - EVERYWHERE))
    needed = {name for name, facts in known.items() if facts["required"]}
    if call.method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
        needed |= {"text"}  # what a notification and a screen reader have of a message
    if not call.open:
        yield from (f"{call.place}: {one} is missing" for one in sorted(needed - call.given))


def calls() -> Iterator[Call]:
    for package in ("bot", "jobs"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from calls_in(ast.parse(path.read_text()), str(path.relative_to(ROOT)))


def calls_in(tree: ast.AST, place: str) -> Iterator[Call]:
    for node in ast.walk(tree):
        method = _method(node) if isinstance(node, ast.Call) else None
        if method and isinstance(node, ast.Call):
            names = [one.arg for one in node.keywords]
            given = frozenset(one for one in names if one)
            yield Call(f"{place}:{node.lineno}", method, given, open=None in names or len(node.args) > 1)


def _method(node: ast.Call) -> str | None:
    """`client.chat_update(…)` and `self._call("chat.update", …)` as the method's name."""
    if not isinstance(node.func, ast.Attribute):
        return None
    first = node.args[0] if node.args else None
    if node.func.attr in ("_call", "_sent", "api_call", "ask") and isinstance(first, ast.Constant):
        name = str(first.value)
    elif _receiver(node.func.value).endswith(("client", "poster")):
        name = _dotted(node.func.attr)
    else:
        return None
    return name if name.split(".")[0] in FAMILIES and "." in name else None


def _receiver(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _dotted(attribute: str) -> str:
    if attribute == "files_upload_v2":
        return "files.upload_v2"
    return attribute.replace("_", ".")
