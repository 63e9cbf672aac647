"""Emoji on messages."""

from playground.slack.payload import Payload, SlackError
from playground.slack.state import State


def react(state: State, channel: str, ts: str, *, user: str, name: str) -> None:
    """Add a reaction; raises `message_not_found` or `already_reacted`."""
    message = state.messages.find(channel, ts)
    reactions: list[Payload] = message.payload.setdefault("reactions", [])
    for reaction in reactions:
        if reaction["name"] == name:
            if user in reaction["users"]:
                raise SlackError("already_reacted")
            reaction["users"].append(user)
            reaction["count"] += 1
            break
    else:
        reactions.append({"name": name, "users": [user], "count": 1})
    _tell(state, channel, ts, kind="reaction_added", user=user, name=name)


def unreact(state: State, channel: str, ts: str, *, user: str, name: str) -> None:
    """Remove a reaction; raises `message_not_found` or `no_reaction`."""
    message = state.messages.find(channel, ts)
    for reaction in message.payload.get("reactions", []):
        if reaction["name"] == name and user in reaction["users"]:
            reaction["users"].remove(user)
            reaction["count"] -= 1
            kept = [one for one in message.payload["reactions"] if one["count"]]
            message.payload.pop("reactions")
            message.payload |= {"reactions": kept} if kept else {}
            _tell(state, channel, ts, kind="reaction_removed", user=user, name=name)
            return
    raise SlackError("no_reaction")


def _tell(state: State, channel: str, ts: str, *, kind: str, user: str, name: str) -> None:
    message = state.messages.find(channel, ts)
    state.changed(channel, message.thread_ts)
    item = {"type": "message", "channel": channel, "ts": ts}
    author = message.payload["user"]
    event = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item_user": author,
        "item": item,
        "event_ts": state.ts(),
    }
    state.emit(event, channel)
