"""What an app receives for what people do: commands, clicks, submissions, shortcuts, option requests."""

from dataclasses import dataclass

from playground.slack.elements import Entries, state_values
from playground.slack.messages import Message
from playground.slack.payload import Payload
from playground.slack.state import Conversation, State
from playground.slack.tickets import ResponseUrl
from playground.slack.views import View


@dataclass(frozen=True)
class Place:
    """Where in Slack a person acted: in a view, or at a message of a channel."""

    view: View | None = None
    channel: Conversation | None = None
    message: Message | None = None

    @property
    def blocks(self) -> list[Payload]:
        """What is shown there."""
        shown = self.view.definition if self.view else self.message.payload if self.message else {}
        blocks: list[Payload] = shown.get("blocks", [])
        return blocks

    def entries(self, user: str) -> Entries:
        """What the person has entered there; changes are kept."""
        if self.view is not None:
            return self.view.entries
        return self.message.entries.setdefault(user, {}) if self.message is not None else {}


def slash_command(state: State, *, user: str, channel: Conversation, command: str, text: str) -> Payload:
    """Return a slash command's form fields."""
    return {
        "token": state.workspace.app.verification_token,
        "team_id": state.workspace.team_id,
        "team_domain": state.workspace.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user,
        "user_name": state.user(user).name,
        "command": command,
        "text": text,
        "api_app_id": state.workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": _response_url(state, user, channel),
        "trigger_id": state.triggers.issue(user, state.clock()),
    }


def block_actions(state: State, *, user: str, place: Place, action: Payload) -> Payload:
    """Return the payload of a click or a dispatched change."""
    view_id = place.view.id if place.view else None
    return {
        **_actor(state, "block_actions", user),
        "api_app_id": state.workspace.app.id,
        "trigger_id": state.triggers.issue(user, state.clock(), view_id),
        "actions": [action],
        **_where(state, place),
        **_state(user, place),
        **_response(state, user, place),
    }


def block_suggestion(
    state: State, *, user: str, place: Place, block_id: str, action_id: str, value: str
) -> Payload:
    """Return the request for an external select's options."""
    asked = {"action_id": action_id, "block_id": block_id, "value": value}
    actor = _without_username(_actor(state, "block_suggestion", user))
    return {**actor, "api_app_id": state.workspace.app.id, **asked, **_where(state, place)}


def view_submission(state: State, *, user: str, view: View) -> Payload:
    """Return the payload of a submitted modal."""
    trigger_id = state.triggers.issue(user, state.clock(), view.id)
    return {
        **_view_payload(state, "view_submission", user, view),
        "trigger_id": trigger_id,
        "response_urls": [],
    }


def view_closed(state: State, *, user: str, view: View, is_cleared: bool) -> Payload:
    """Return the payload of a modal that its person closed."""
    return {**_view_payload(state, "view_closed", user, view), "is_cleared": is_cleared}


def shortcut(state: State, *, user: str, callback_id: str, place: Place) -> Payload:
    """Return the payload of a global shortcut, or of one on a message."""
    acted = {"callback_id": callback_id, "trigger_id": state.triggers.issue(user, state.clock())}
    acted["action_ts"] = state.ts()
    if place.message is None or place.channel is None:
        return {**_actor(state, "shortcut", user, name=False), **acted}
    message = state.messages.rendered(place.channel.id, place.message)
    where = {"channel": _channel(place.channel), "message": message, "message_ts": place.message.ts}
    return {**_actor(state, "message_action", user), **acted, **where, **_response(state, user, place)}


def _actor(state: State, kind: str, user: str, *, name: bool = True) -> Payload:
    person = state.user(user)
    names = {"id": person.id, "username": person.name, "team_id": state.workspace.team_id}
    with_name = names | {"name": person.name}
    return {
        "type": kind,
        "token": state.workspace.app.verification_token,
        "team": {"id": state.workspace.team_id, "domain": state.workspace.domain},
        "is_enterprise_install": False,
        "user": with_name if name else names,
    }


def _without_username(actor: Payload) -> Payload:
    return {**actor, "user": {key: value for key, value in actor["user"].items() if key != "username"}}


def _view_payload(state: State, kind: str, user: str, view: View) -> Payload:
    actor = _without_username(_actor(state, kind, user))
    shown = view.rendered(state.workspace.app, state.workspace.team_id)
    return {**actor, "api_app_id": state.workspace.app.id, "view": shown}


def _where(state: State, place: Place) -> Payload:
    if place.view is not None:
        shown = place.view.rendered(state.workspace.app, state.workspace.team_id)
        return {"container": {"type": "view", "view_id": place.view.id}, "view": shown}
    if place.message is None or place.channel is None:
        return {"container": {}}
    message = place.message
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": place.channel.id,
        "is_ephemeral": message.seen_only_by is not None,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    shown = state.messages.rendered(place.channel.id, message)
    body = {} if message.seen_only_by else {"message": shown}
    return {"container": container, "channel": _channel(place.channel), **body}


def _state(user: str, place: Place) -> Payload:
    if place.message is None:
        return {}
    return {"state": {"values": state_values(place.blocks, place.entries(user))}}


def _response(state: State, user: str, place: Place) -> Payload:
    if place.channel is None:
        return {}
    return {"response_url": _response_url(state, user, place.channel, place.message)}


def _response_url(state: State, user: str, channel: Conversation, message: Message | None = None) -> str:
    thread_ts = message.thread_ts if message else None
    url = ResponseUrl(user, channel.id, state.clock(), message.ts if message else None, thread_ts)
    return f"{state.origin}/response/{state.response_urls.issue(url)}"


def _channel(channel: Conversation) -> Payload:
    return {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name}
