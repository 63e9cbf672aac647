"""A scripted Slack for the page's tests: the person-side routes, and reactions that a test sets."""

import asyncio
import html
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.playground.page import payloads

Payload = dict[str, Any]
Reaction = Callable[[Payload], Payload]
WEB = Path(__file__).parents[3] / "playground" / "web"
STOP = object()


@dataclass
class ScriptedSlack:
    """State, what was posted, and how each call is answered; `reactions` may be replaced by a test."""

    messages: list[Payload] = field(default_factory=list)
    stack: list[Payload] = field(default_factory=list)
    home: Payload | None = None
    calls: list[tuple[str, Payload]] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    listeners: list[asyncio.Queue[Payload | object]] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def sent(self, name: str) -> list[Payload]:
        """Return the bodies posted to one route."""
        return [body for route, body in self.calls if route == name]

    async def until_sent(self, name: str, **wanted: Any) -> Payload:
        """Return the last body posted to a route that holds what is wanted, waiting for it up to 20 s."""

        def found() -> list[Payload]:
            return [body for body in self.sent(name) if wanted.items() <= body.items()]

        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: bool(found()))
        return found()[-1]

    def tell(self, what: str, **more: str) -> None:
        """Send a hint to every open page."""
        for queue in self.listeners:
            queue.put_nowait({"what": what, **more})

    def say(self, **message: Any) -> Payload:
        """Add a message to #payments and tell the pages."""
        said = {
            "type": "message",
            "ts": f"{1_795_300_000 + len(self.messages)}.000100",
            "text": "",
            **message,
        }
        self.messages.append(said)
        self.tell("messages", channel="C0PAY")
        return said

    def show(self, *views: Payload) -> None:
        """Replace the stack of modals and tell the pages."""
        self.stack[:] = views
        self.tell("views")

    @property
    def app(self) -> web.Application:
        """The routes of the person side, and the page's files."""
        app = web.Application()
        app.on_shutdown.append(self._stop)
        app.router.add_get("/", self._index)
        app.router.add_static("/web", WEB)
        app.router.add_get("/_files/{id}/{name}", self._file)
        app.router.add_get("/_person/events", self._events)
        app.router.add_get("/_person/workspace", _answering(lambda _: payloads.WORKSPACE))
        app.router.add_get("/_person/messages", _answering(self._channel))
        app.router.add_get("/_person/replies", _answering(self._thread))
        app.router.add_get("/_person/views", _answering(lambda _: {"stack": self.stack}))
        app.router.add_get("/_person/home", _answering(lambda _: {"view": self.home}))
        app.router.add_post("/_person/{name}", self._posted)
        return app

    async def _stop(self, app: web.Application) -> None:
        for queue in self.listeners:
            queue.put_nowait(STOP)

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "slack" / "index.html")

    async def _file(self, request: web.Request) -> web.Response:
        kind, content = self.files[request.match_info["id"]]
        return web.Response(body=content, content_type=kind)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b": here\n\n")
        queue: asyncio.Queue[Payload | object] = asyncio.Queue()
        self.listeners.append(queue)
        while (hint := await queue.get()) is not STOP:
            await stream.write(f"event: changed\ndata: {json.dumps(hint)}\n\n".encode())
        return stream

    def _channel(self, query: Payload) -> Payload:
        if query["channel"] != "C0PAY":
            return {"messages": []}
        top = [
            message for message in self.messages if message.get("thread_ts", message["ts"]) == message["ts"]
        ]
        return {
            "messages": [{**message, "reply_count": len(self._replies(message["ts"]))} for message in top]
        }

    def _thread(self, query: Payload) -> Payload:
        roots = [message for message in self.messages if message["ts"] == query["ts"]]
        return {"messages": [*roots, *self._replies(query["ts"])]}

    def _replies(self, ts: str) -> list[Payload]:
        return [each for each in self.messages if each.get("thread_ts") == ts and each["ts"] != ts]

    async def _posted(self, request: web.Request) -> web.Response:
        name, body = request.match_info["name"], await request.json()
        async with self.arrived:
            self.calls.append((name, body))
            self.arrived.notify_all()
        if name == "message":
            place = {"thread_ts": body["thread_ts"]} if "thread_ts" in body else {}
            said = self.say(user=body["user"], text=typed(body["text"]), **place)
            return web.json_response({"ok": True, "ts": said["ts"]})
        reaction = self.reactions.get(name)
        return web.json_response(reaction(body) if reaction else {"ok": True})


def typed(text: str) -> str:
    """Return a person's words as Slack keeps them: escaped, references left alone."""
    parts = re.split(r"(<[@#!][^<>]*>)", text)
    return "".join(part if index % 2 else html.escape(part, quote=False) for index, part in enumerate(parts))


def _answering(answer: Callable[[Payload], Payload]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(answer(dict(request.query)))

    return handler
