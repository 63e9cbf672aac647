"""reactions.*: the app's emoji on a message; people's go the same way."""

import re
from collections.abc import Callable

from playground.slack.payload import Payload, SlackError
from playground.slack.reacting import react, unreact
from playground.slack.web_api.call import Call


def _add(call: Call) -> Payload:
    channel = call.conversation()
    react(call.state, channel.id, _timestamp(call), user=call.state.workspace.app.bot_user, name=_name(call))
    return {}


def _remove(call: Call) -> Payload:
    if not call.text("channel") or not call.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.conversation()
    unreact(
        call.state, channel.id, _timestamp(call), user=call.state.workspace.app.bot_user, name=_name(call)
    )
    return {}


def _name(call: Call) -> str:
    name = call.text("name") or ""
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name


def _timestamp(call: Call) -> str:
    timestamp = call.text("timestamp") or ""
    if not re.fullmatch(r"\d+\.\d{6}", timestamp):
        raise SlackError("bad_timestamp")
    return timestamp


HANDLERS: dict[str, Callable[[Call], Payload]] = {"reactions.add": _add, "reactions.remove": _remove}
"""The methods of this family."""
