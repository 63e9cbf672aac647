"""An app at the other end of signed HTTP that keeps what it gets and answers what the test says."""

import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from playground.serve import serving
from playground.slack import SlackStandIn
from playground.slack.delivery import signature
from playground.slack.seed import SIGNING_KEY

Payload = dict[str, Any]


@dataclass
class ScriptedApp:
    """What came in, and what to answer by kind of payload; a kind without an answer is acknowledged."""

    answers: dict[str, Any] = field(default_factory=dict)
    heard: list[Payload] = field(default_factory=list)
    retries: list[tuple[str | None, str | None]] = field(default_factory=list)
    on_hearing: Callable[[Payload], None] = lambda payload: None

    def of(self, kind: str) -> list[Payload]:
        """Return what was heard of one kind: `command`, an event's or an interaction's type."""
        return [payload for payload in self.heard if kind_of(payload) == kind]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        expected = signature(SIGNING_KEY, request.headers["X-Slack-Request-Timestamp"], body)
        if not hmac.compare_digest(expected, request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        payload = decoded(body, request.content_type)
        self.heard.append(payload)
        headers = request.headers
        self.retries.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        self.on_hearing(payload)
        answer = self.answers.get(kind_of(payload))
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.Response() if answer is None else web.json_response(answer)


def decoded(body: str, content_type: str) -> Payload:
    if content_type == "application/json":
        event: Payload = json.loads(body)
        return event
    form = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
    interaction: Payload = json.loads(form["payload"]) if "payload" in form else form
    return interaction


def kind_of(payload: Payload) -> str:
    if "command" in payload:
        return "command"
    kind: str = payload["event"]["type"] if payload["type"] == "event_callback" else payload["type"]
    return kind


@asynccontextmanager
async def scripted(slack: SlackStandIn) -> AsyncIterator[ScriptedApp]:
    """Serve an app and make it the one that `slack` delivers to."""
    script = ScriptedApp()
    app = web.Application()
    app.add_routes([web.post("/", script.handle)])
    async with serving(app) as address:
        slack.delivery.request_url = f"{address}/"
        yield script
