"""One Web API call: its arguments, read and checked against the method's contract."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.slack.contracts import methods
from playground.slack.payload import Payload, SlackError, problem
from playground.slack.state import Conversation, State

TYPES = {
    "attachments": "json",
    "blocks": "json",
    "channel": "string",
    "channel_id": "string",
    "files": "json",
    "metadata": "json",
    "text": "string",
    "thread_ts": "string",
    "trigger_id": "string",
    "user": "string",
    "username": "string",
    "view": "json",
}
"""Types that the contract leaves open."""

READS = ("conversations.history", "conversations.info", "conversations.list", "conversations.members")
READS_FORM_ONLY = frozenset(
    {*READS, "conversations.replies", "users.info", "users.list", "users.lookupByEmail", "usergroups.list"}
    | {"usergroups.users.list", "files.info", "chat.getPermalink", "files.getUploadURLExternal"}
)
"""Methods that do not read a JSON body: its arguments are simply not there."""

EVERYWHERE = frozenset({"team_id"})
"""Arguments that Slack's own SDKs send with every call."""

FROZEN = ("is_archived", "is_inactive")
"""How methods that write refuse an archived channel: each has one of them in its contract, or neither."""

PAGE = 100


@dataclass(frozen=True)
class Call:
    """A method call that passed the contract."""

    method: str
    args: Payload
    state: State

    def text(self, name: str) -> str | None:
        """Return a string argument; empty counts as left out."""
        value: str | None = self.args.get(name)
        return value or None

    def conversation(self, name: str = "channel", *, member: bool = False) -> Conversation:
        """Return the conversation an argument names, if the app may see it."""
        channel = self.state.conversation(self.text(name))
        needed = [
            scope for scope in methods()[self.method]["scopes"] if scope.startswith(f"{channel.family}:")
        ]
        if needed:
            self.require(needed)
        absent = self.state.workspace.app.bot_user not in channel.members
        if absent and (channel.is_private or member):
            raise SlackError("not_in_channel")
        frozen = [one for one in methods()[self.method]["errors"] if one in FROZEN]
        if channel.is_archived and frozen:
            raise SlackError(frozen[0])
        return channel

    def require(self, any_of: list[str]) -> None:
        """Raise `missing_scope` unless the app has one of the scopes."""
        granted = self.state.workspace.app.scopes
        if not set(any_of) & set(granted):
            raise SlackError("missing_scope", needed=any_of[0], provided=",".join(granted))

    def page(self, items: list[Any], most: int = 1000) -> tuple[list[Any], str]:
        """Return one page of `items` and the cursor of the next; raises `invalid_cursor`."""
        limit = min(int(self.args.get("limit", PAGE)) or PAGE, most)
        cursor = self.text("cursor") or "next:0"
        start = cursor.removeprefix("next:")
        if not cursor.startswith("next:") or not start.isdigit():
            raise SlackError("invalid_cursor")
        end = int(start) + limit
        return items[int(start) : end], f"next:{end}" if end < len(items) else ""


async def arguments(request: web.Request, method: str) -> Payload:
    """Read what was sent: query, form or JSON body; raises `invalid_post_type` or `invalid_json`."""
    given: Payload = dict(request.query)
    if request.method != "POST":
        return given
    body = await request.read()
    if request.content_type == "application/json":
        return given | ({} if method in READS_FORM_ONLY else _json_object(body))
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return given | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    if body:
        raise SlackError("invalid_post_type")
    return given


def checked(method: str, given: Payload) -> Payload:
    """Return the arguments in their contract's types; raises `invalid_arguments` naming all that is wrong."""
    known: Mapping[str, Payload] = methods()[method]["args"]
    unknown = [name for name in given if name not in known and name not in EVERYWHERE]
    found = [problem(f"unknown argument: {name}", "") for name in unknown]
    empty = [name for name, facts in known.items() if facts["required"] and given.get(name) in (None, "")]
    found += [problem(f"missing required field: {name}", "") for name in empty]
    args: Payload = {}
    for name, facts in known.items():
        if name in given and name not in empty:
            try:
                args[name] = _typed(given[name], facts["type"] or TYPES.get(name), name)
            except ValueError as error:
                found.append(problem(str(error), f"/{name}"))
    if found:
        raise SlackError("invalid_arguments", *found)
    return args


def _json_object(body: bytes) -> Payload:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _typed(value: object, kind: str | None, name: str) -> object:
    if kind == "json" or (name in TYPES and TYPES[name] == "json"):
        return _decoded(value, name)
    if kind == "string" and not isinstance(value, str):
        raise ValueError("must be a string")
    if kind == "boolean":
        return _boolean(value)
    if kind in ("integer", "number"):
        return _number(value)
    if kind == "array" and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if kind == "array" and not isinstance(value, list):
        raise ValueError("must be an array")
    return value


def _decoded(value: object, name: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        if name in ("blocks", "attachments", "metadata"):
            return value
        raise ValueError("must be valid JSON") from error


def _boolean(value: object) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, bool):
        return value
    if not isinstance(value, str | int) or str(value).lower() not in known:
        raise ValueError("must be a boolean")
    return known[str(value).lower()]


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("must be an integer")
    number = float(value) if str(value).replace(".", "", 1).removeprefix("-").isdigit() else math.nan
    if not number.is_integer():
        raise ValueError("must be an integer")
    return int(number)
