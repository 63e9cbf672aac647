"""conversations.*: channels and what was said in them."""

from collections.abc import Callable
from typing import Any

from playground.slack.messages import Message
from playground.slack.payload import Payload, SlackError
from playground.slack.state import Conversation
from playground.slack.web_api.call import Call

KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def _list(call: Call) -> Payload:
    kinds = (call.text("types") or "public_channel").replace(" ", "").split(",")
    if not set(kinds) <= set(KINDS):
        raise SlackError("invalid_types")
    for kind in kinds:
        call.require([f"{KINDS[kind]}:read"])
    families = {KINDS[kind] for kind in kinds}
    bot = call.state.workspace.app.bot_user
    found = [
        _channel(call, channel)
        for channel in call.state.conversations.values()
        if channel.family in families
        and (channel.family == "channels" or bot in channel.members)
        and not (channel.is_archived and call.args.get("exclude_archived"))
    ]
    page, cursor = call.page(found)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def _info(call: Call) -> Payload:
    channel = call.conversation()
    members = {"num_members": len(channel.members)} if call.args.get("include_num_members") else {}
    return {"channel": _channel(call, channel) | members}


def _members(call: Call) -> Payload:
    page, cursor = call.page(call.conversation().members)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _history(call: Call) -> Payload:
    channel = call.conversation(member=True)
    newest_first = _within(call, call.state.messages.top_level(channel.id))[::-1]
    page, cursor = call.page(newest_first, most=999)
    return _page(call, channel, page, cursor)


def _replies(call: Call) -> Payload:
    channel = call.conversation(member=True)
    try:
        asked = call.state.messages.find(channel.id, call.text("ts"))
    except SlackError as error:
        raise SlackError("thread_not_found") from error
    root, *replies = call.state.messages.thread(channel.id, asked.thread_ts or asked.ts)
    page, cursor = call.page([root, *_within(call, replies)])
    return _page(call, channel, page, cursor)


def _open(call: Call) -> Payload:
    users = [user for user in (call.text("users") or "").split(",") if user]
    if call.text("channel"):
        return {"channel": {"id": call.conversation().id}}
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    call.require(["im:write"])
    existed = {channel.id for channel in call.state.conversations.values()}
    channel = call.state.direct_message(users[0])
    known = {"no_op": True, "already_open": True} if channel.id in existed else {}
    full = _channel(call, channel) if call.args.get("return_im") else {"id": channel.id}
    return {**known, "channel": full}


def _join(call: Call) -> Payload:
    channel = call.state.conversation(call.text("channel"))
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    bot = call.state.workspace.app.bot_user
    already: Payload = {"warning": "already_in_channel"} if bot in channel.members else {}
    if not already:
        channel.members.append(bot)
    return {"channel": _channel(call, channel), **already}


def _channel(call: Call, channel: Conversation) -> Payload:
    shared = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
    }
    if channel.is_im:
        return {**shared, "user": channel.members[0], "is_org_shared": False, "priority": 0}
    return {
        **shared,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": call.state.workspace.app.bot_user in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "creator": call.state.workspace.users[0].id,
        "context_team_id": call.state.workspace.team_id,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _within(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = (_bound(call, name) for name in ("oldest", "latest"))
    inclusive = bool(call.args.get("inclusive"))

    def inside(message: Message) -> bool:
        ts = float(message.ts)
        after = oldest is None or ts > oldest or (inclusive and ts == oldest)
        return after and (latest is None or ts < latest or (inclusive and ts == latest))

    return [message for message in messages if inside(message)]


def _bound(call: Call, name: str) -> float | None:
    given = call.text(name)
    if given is None or given == "0":
        return None
    if not given.replace(".", "", 1).isdigit():
        raise SlackError(f"invalid_ts_{name}")
    return float(given)


def _page(call: Call, channel: Conversation, page: list[Any], cursor: str) -> Payload:
    wanted = bool(call.args.get("include_all_metadata"))
    rendered = [call.state.messages.rendered(channel.id, message, metadata=wanted) for message in page]
    more: Payload = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": rendered, "has_more": bool(cursor), **more}


HANDLERS: dict[str, Callable[[Call], Payload]] = {
    "conversations.list": _list,
    "conversations.info": _info,
    "conversations.members": _members,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.open": _open,
    "conversations.join": _join,
}
"""The methods of this family."""
