"""Writing a message into a channel, whoever writes it, and telling the app and the pages."""

from playground.slack.messages import Message
from playground.slack.payload import Payload
from playground.slack.state import Conversation, State


def sent_by_bot(state: State, content: Payload) -> Payload:
    """Return a message of the app's bot user with a fresh `ts`."""
    app = state.workspace.app
    bot = {"user": app.bot_user, "bot_id": app.bot_id, "app_id": app.id, "team": state.workspace.team_id}
    profile = {"id": app.bot_id, "app_id": app.id, "name": state.user(app.bot_user).name, "deleted": False}
    extra = {
        "updated": 0,
        "team_id": state.workspace.team_id,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
    }
    return {"type": "message", "ts": state.ts(), "text": "", **bot, "bot_profile": profile | extra, **content}


def sent_by_person(state: State, user: str, content: Payload) -> Payload:
    """Return a message of a person with a fresh `ts`."""
    own = {"user": user, "team": state.workspace.team_id, "client_msg_id": state.new_id("m")}
    return {"type": "message", "ts": state.ts(), "text": "", **own, **content}


def post(
    state: State,
    channel: Conversation,
    payload: Payload,
    *,
    metadata: Payload | None = None,
    seen_only_by: str | None = None,
) -> Message:
    """Add a message; a lasting one becomes a `message` event."""
    message = Message(payload, metadata=metadata, seen_only_by=seen_only_by)
    state.messages.add(channel.id, message)
    state.changed(channel.id, message.thread_ts)
    if seen_only_by is None:
        place = {"channel": channel.id, "channel_type": channel.channel_type, "event_ts": message.ts}
        state.emit({**payload, **place}, channel.id)
    return message
