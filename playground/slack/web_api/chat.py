"""chat.*: messages the app writes."""

from collections.abc import Callable
from typing import Any

from playground.slack import limits
from playground.slack.messages import Message
from playground.slack.payload import Payload, SlackError, size
from playground.slack.posting import post, sent_by_bot
from playground.slack.state import Conversation
from playground.slack.validate import message_attachments, message_blocks
from playground.slack.web_api.call import Call


def _post_message(call: Call) -> Payload:
    channel = _target(call)
    content = _content(call)
    thread_ts = _thread(call, channel)
    if thread_ts:
        content["thread_ts"] = thread_ts
        if call.args.get("reply_broadcast"):
            content["subtype"] = "thread_broadcast"
    text = content.get("text", "")
    content["text"] = text[: limits.POST_TEXT]
    message = post(call.state, channel, sent_by_bot(call.state, content), metadata=_metadata(call))
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": call.state.messages.rendered(channel.id, message),
    }


def _post_ephemeral(call: Call) -> Payload:
    channel = _target(call)
    if call.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content(call)
    if len(content.get("text", "")) > limits.POST_TEXT:
        raise SlackError("msg_too_long")
    thread_ts = _thread(call, channel)
    content |= {"thread_ts": thread_ts} if thread_ts else {}
    payload = sent_by_bot(call.state, content)
    message = post(call.state, channel, payload, seen_only_by=call.text("user"))
    return {"message_ts": message.ts}


def _update(call: Call) -> Payload:
    channel = call.conversation()
    message = _own(call, channel, "cant_update_message")
    if len(call.text("text") or "") > limits.UPDATE_TEXT:
        raise SlackError("msg_too_long")
    content = _content(call)
    metadata = _metadata(call)
    before = call.state.messages.rendered(channel.id, message)
    if "blocks" not in content and "text" in content:
        message.payload.pop("blocks", None)
    message.payload |= content
    if call.args.get("metadata") is not None:
        message.metadata = metadata
    if "blocks" not in content:
        message.payload["edited"] = {"user": call.state.workspace.app.bot_user, "ts": call.state.ts()}
    shown = call.state.messages.rendered(channel.id, message)
    call.state.changed(channel.id, message.thread_ts)
    _tell_changed(call, channel, before=before, after=shown)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.payload.get("text", ""),
        "message": shown,
    }


def _delete(call: Call) -> Payload:
    channel = call.conversation()
    message = _own(call, channel, "cant_delete_message")
    call.state.messages.remove(channel.id, message)
    call.state.changed(channel.id, message.thread_ts)
    return {"channel": channel.id, "ts": message.ts}


def _permalink(call: Call) -> Payload:
    channel = call.conversation()
    message = call.state.messages.find(channel.id, call.text("message_ts"))
    domain = call.state.workspace.domain
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _tell_changed(call: Call, channel: Conversation, *, before: Payload, after: Payload) -> None:
    ts = call.state.ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.channel_type,
        "ts": ts,
        "event_ts": ts,
        "message": after,
        "previous_message": before,
    }
    call.state.emit(event, channel.id)


def _target(call: Call) -> Conversation:
    """Return where to post: a channel's id or name, or a person's id for the direct message."""
    state = call.state
    wanted = call.text("channel") or ""
    named = [c for c in state.conversations.values() if not c.is_im and c.name == wanted.removeprefix("#")]
    if wanted.startswith("U") and any(user.id == wanted for user in state.workspace.users):
        channel = state.direct_message(wanted)
    else:
        channel = named[0] if named else state.conversation(wanted)
    public = not channel.is_private and "chat:write.public" in state.workspace.app.scopes
    if state.workspace.app.bot_user not in channel.members and not public:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _content(call: Call) -> Payload:
    given = {
        key: call.args[key]
        for key in ("text", "markdown_text", "blocks", "attachments")
        if call.args.get(key)
    }
    if "markdown_text" in given and ("text" in given or "blocks" in given):
        raise SlackError("markdown_text_conflict")
    if not given:
        raise SlackError("no_text")
    if "blocks" in given:
        given["blocks"] = message_blocks(given["blocks"])
        unseen = list(call.state.files.problems(given["blocks"], "/blocks", call.state.clock()))
        if unseen:
            raise SlackError("invalid_blocks", *unseen)
    if "attachments" in given:
        given["attachments"] = message_attachments(given["attachments"])
    if "markdown_text" in given:
        text: str = given.pop("markdown_text")
        if len(text) > limits.MARKDOWN_CHARACTERS:
            raise SlackError("msg_too_long")
        given |= {"text": text, "blocks": message_blocks([{"type": "markdown", "text": text}])}
    return given


def _thread(call: Call, channel: Conversation) -> str | None:
    thread_ts = call.text("thread_ts")
    if thread_ts is None:
        return None
    try:
        root = call.state.messages.find(channel.id, thread_ts)
    except SlackError as error:
        raise SlackError("thread_not_found") from error
    if root.thread_ts:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _own(call: Call, channel: Conversation, refusal: str) -> Message:
    message = call.state.messages.find(channel.id, call.text("ts"))
    if message.payload.get("bot_id") != call.state.workspace.app.bot_id:
        raise SlackError(refusal)
    return message


def _metadata(call: Call) -> Payload | None:
    metadata: Any = call.args.get("metadata")
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    kind = metadata.get("event_type")
    if not isinstance(kind, str) or not kind or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if size(metadata) > limits.METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


HANDLERS: dict[str, Callable[[Call], Payload]] = {
    "chat.postMessage": _post_message,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.getPermalink": _permalink,
}
"""The methods of this family."""
