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
    if message.thread_ts:
        payload["parent_user_id"] = state.messages.find(channel.id, message.thread_ts).payload["user"]
    state.messages.add(channel.id, message)
    state.changed(channel.id, message.thread_ts)
    if seen_only_by is None:
        place = {"channel": channel.id, "channel_type": channel.channel_type, "event_ts": message.ts}
        state.emit({**payload, **place}, channel.id)
    if metadata is not None:
        _tell_metadata(state, channel, message)
    return message


def _tell_metadata(state: State, channel: Conversation, message: Message) -> None:
    app = state.workspace.app
    event = {
        "type": "message_metadata_posted",
        "app_id": app.id,
        "bot_id": app.bot_id,
        "user_id": app.bot_user,
        "team_id": state.workspace.team_id,
        "channel_id": channel.id,
        "metadata": message.metadata,
        "message_ts": message.ts,
        "event_ts": state.ts(),
    }
    state.emit(event, channel.id)
