"""The people's side, `/_person/…`: what the browser page, the demo and the stories speak."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from playground.slack.files import File
from playground.slack.interactions import Interactions, enter
from playground.slack.modals import Modals
from playground.slack.outgoing import Place
from playground.slack.payload import Payload, SlackError, problem
from playground.slack.posting import post, sent_by_person
from playground.slack.reacting import react, unreact
from playground.slack.state import State
from playground.slack.views import View

ENTRY_KEYS = ("value", "rich_text_value", "files")
"""Keys of an action's body that are the entry, besides everything that starts with `selected_`."""


class PersonSide:
    """The acts of people."""

    def __init__(self, state: State, interactions: Interactions, modals: Modals) -> None:
        self._state = state
        self._interactions = interactions
        self._modals = modals

    def routes(self) -> list[web.RouteDef]:
        """Return the table of acts."""
        acts: dict[str, Callable[[Payload, str], Awaitable[Payload]]] = {
            "command": self._command,
            "message": self._message,
            "action": self._action,
            "options": self._options,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "reaction": self._reaction,
            "home": self._home,
        }
        return [web.post(f"/_person/{name}", self._answering(act)) for name, act in acts.items()]

    def _answering(
        self, act: Callable[[Payload, str], Awaitable[Payload]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                body = json.loads(await request.read() or b"null")
                if not isinstance(body, dict):
                    raise SlackError("json_not_object")
                return web.json_response(await act(body, self._state.user(body.get("user")).id))
            except SlackError as error:
                return web.json_response(error.answer(), status=400)
            except ValueError:
                return web.json_response({"ok": False, "error": "invalid_json"}, status=400)

        return answer

    async def _command(self, body: Payload, user: str) -> Payload:
        return await self._interactions.command(
            user=user,
            channel_id=_given(body, "channel"),
            command=_given(body, "command"),
            text=body.get("text", "").strip(),
        )

    async def _message(self, body: Payload, user: str) -> Payload:
        state = self._state
        is_bot = _given(body, "channel") == state.workspace.app.bot_user
        channel = state.direct_message(user) if is_bot else state.conversation(_given(body, "channel"))
        if user not in channel.members:
            raise SlackError("not_in_channel")
        text = _typed(state, body.get("text", ""))
        content: Payload = {"text": text}
        if body.get("thread_ts"):
            state.messages.find(channel.id, _given(body, "thread_ts"))
            content["thread_ts"] = _given(body, "thread_ts")
        if body.get("files"):
            files = [self._uploaded(user, file) for file in _given(body, "files")]
            content |= {"subtype": "file_share", "upload": False, "display_as_bot": False, "files": files}
        if not text and not body.get("files"):
            raise SlackError("no_text")
        message = post(state, channel, sent_by_person(state, user, content))
        if f"<@{state.workspace.app.bot_user}>" in text and not channel.is_im:
            kept = {key: value for key, value in message.payload.items() if key not in ("upload", "subtype")}
            mention = {**kept, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            mention.pop("display_as_bot", None)
            state.emit(mention, channel.id)
        return {"ok": True, "ts": message.ts}

    async def _action(self, body: Payload, user: str) -> Payload:
        place = self._place(body, user)
        enter(place, user, self._with_uploads(user, body.get("values", {})))
        entry = {key: body[key] for key in body if key in ENTRY_KEYS or key.startswith("selected_")}
        given = self._with_uploads(user, entry)
        ids = {"block_id": _given(body, "block_id"), "action_id": _given(body, "action_id")}
        return await self._interactions.action(user=user, place=place, given=given, **ids)

    async def _options(self, body: Payload, user: str) -> Payload:
        ids = {
            "block_id": _given(body, "block_id"),
            "action_id": _given(body, "action_id"),
            "value": body.get("value", ""),
        }
        return await self._interactions.options(user=user, place=self._place(body, user), **ids)

    async def _submit(self, body: Payload, user: str) -> Payload:
        values = self._with_uploads(user, body.get("values", {}))
        return await self._modals.submit(user=user, view=self._top(body, user), values=values)

    async def _close(self, body: Payload, user: str) -> Payload:
        return await self._modals.close(user=user, view=self._open(body, user), clear=bool(body.get("clear")))

    async def _shortcut(self, body: Payload, user: str) -> Payload:
        place = self._place(body, user) if body.get("message_ts") else Place()
        return await self._interactions.shortcut(
            user=user, callback_id=_given(body, "callback_id"), place=place
        )

    async def _reaction(self, body: Payload, user: str) -> Payload:
        channel = self._state.conversation(_given(body, "channel"))
        act = unreact if body.get("remove") else react
        act(self._state, channel.id, _given(body, "ts"), user=user, name=_given(body, "name").strip(":"))
        return {"ok": True}

    async def _home(self, body: Payload, user: str) -> Payload:
        state = self._state
        channel = state.direct_message(user)
        event: Payload = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": "home"}
        view = state.views.homes.get(user)
        if view is not None:
            event["view"] = view.rendered(state.workspace.app, state.workspace.team_id)
        state.emit({**event, "event_ts": state.ts()})
        return {"ok": True}

    def _place(self, body: Payload, user: str) -> Place:
        if body.get("view_id"):
            return Place(view=self._open(body, user))
        channel = self._state.conversation(_given(body, "channel"))
        message = self._state.messages.find(channel.id, _given(body, "message_ts"), ephemeral=True)
        if message.seen_only_by not in (None, user):
            raise SlackError("message_not_found")
        return Place(channel=channel, message=message)

    def _open(self, body: Payload, user: str) -> View:
        view = self._state.views.find(_given(body, "view_id"))
        if view.user != user:
            raise SlackError("not_found")
        return view

    def _top(self, body: Payload, user: str) -> View:
        view = self._open(body, user)
        if view.definition["type"] != "modal" or self._state.views.stacks[user][-1] is not view:
            raise SlackError("view_not_on_top")
        return view

    def _with_uploads(self, user: str, values: Any) -> Any:
        """Return entries in which files that came with their content are uploaded, as Slack's client does."""
        if isinstance(values, list):
            return [self._with_uploads(user, item) for item in values]
        if not isinstance(values, dict):
            return values
        if {"name", "content"} <= set(values) and "id" not in values:
            return {**self._uploaded(user, values), "user_team": self._state.workspace.team_id}
        return {key: self._with_uploads(user, item) for key, item in values.items()}

    def _uploaded(self, user: str, given: Payload) -> Payload:
        state = self._state
        content: Any = given["content"].encode()
        file = File(state.new_id("F"), given["name"], len(content), user, int(state.clock()))
        file.content, file.completed = content, True
        state.files.by_id[file.id] = file
        return file.rendered(state.origin)


def _given(body: Payload, name: str) -> Any:
    if body.get(name) is None:
        raise SlackError("invalid_arguments", problem(f"missing required field: {name}", ""))
    return body[name]


def _typed(state: State, text: str) -> str:
    """Return a person's words as Slack's client sends them: escaped, with @names as mentions."""
    names = {user.name: user.id for user in state.workspace.users}

    def mention(found: re.Match[str]) -> str:
        return f"<@{names[found[1]]}>" if found[1] in names else found[0]

    parts = re.split(r"(<[@#!][^<>]*>)", text)
    for index in range(0, len(parts), 2):
        plain = parts[index].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts[index] = re.sub(r"(?<!\w)@([\w.-]+)", mention, plain)
    return "".join(parts)
