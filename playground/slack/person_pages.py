"""What people see: messages, threads, modals, home tabs, files, and the stream of changes."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.slack.messages import Message
from playground.slack.payload import Payload, SlackError
from playground.slack.state import State


class PersonPages:
    """Reading as a person."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the table of what can be read."""
        reads: dict[str, Callable[[web.Request], Payload]] = {
            "workspace": self._workspace,
            "messages": self._messages,
            "replies": self._replies,
            "views": self._views,
            "home": self._home,
        }
        return [
            *[web.get(f"/_person/{name}", _answering(read)) for name, read in reads.items()],
            web.get("/_person/events", self._events),
            web.get("/_files/{file}/{name}", self._file),
        ]

    def _workspace(self, request: web.Request) -> Payload:
        workspace = self._state.workspace
        users = [
            {"id": user.id, "name": user.name, "real_name": user.real_name, "is_bot": user.is_bot}
            for user in workspace.users
        ]
        channels = [
            {"id": channel.id, "name": channel.name, "is_private": channel.is_private, "is_im": channel.is_im}
            | {"members": channel.members}
            for channel in self._state.conversations.values()
        ]
        team = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}
        app = {"commands": list(workspace.app.commands), "shortcuts": list(workspace.app.menu)}
        return {"team": team, "users": users, "channels": channels, **app}

    def _messages(self, request: web.Request) -> Payload:
        channel = self._state.conversation(request.query.get("channel")).id
        seen = self._state.messages.top_level(channel, request.query.get("user"))
        return {"messages": [self._seen(channel, message) for message in seen]}

    def _replies(self, request: web.Request) -> Payload:
        channel = self._state.conversation(request.query.get("channel")).id
        thread = self._state.messages.thread(channel, request.query.get("ts", ""), request.query.get("user"))
        return {"messages": [self._seen(channel, message) for message in thread]}

    def _views(self, request: web.Request) -> Payload:
        workspace = self._state.workspace
        stack = self._state.views.stacks.get(request.query.get("user", ""), [])
        shown = [view.rendered(workspace.app, workspace.team_id) | {"errors": view.errors} for view in stack]
        return {"stack": shown}

    def _home(self, request: web.Request) -> Payload:
        workspace = self._state.workspace
        view = self._state.views.homes.get(request.query.get("user", ""))
        return {"view": view.rendered(workspace.app, workspace.team_id) if view else None}

    def _seen(self, channel: str, message: Message) -> Payload:
        derived: Payload = {"reply_count": 0, "reactions": [], "files": []}
        shown = derived | self._state.messages.rendered(channel, message)
        return shown | ({"is_ephemeral": True} if message.seen_only_by else {})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with self._state.watchers.watching(request.query.get("user", "")) as hints:
            await stream.prepare(request)
            await stream.write(b": listening\n\n")
            while (hint := await hints.get()) is not None:
                await stream.write(f"event: changed\ndata: {json.dumps(hint)}\n\n".encode())
        return stream

    async def _file(self, request: web.Request) -> web.Response:
        try:
            file = self._state.files.find(request.match_info["file"])
        except SlackError:
            return web.Response(status=404, text="There is no such file.")
        mimetype: str = file.rendered("")["mimetype"]
        return web.Response(body=file.content or b"", content_type=mimetype)


def _answering(read: Callable[[web.Request], Payload]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(read(request))
        except SlackError as error:
            return web.json_response(error.answer(), status=400)

    return answer
