"""Fault injection and inspection, `/_control/…`, for tests and demos."""

import json

from aiohttp import web

from playground.slack.events import Events
from playground.slack.faults import Fault
from playground.slack.payload import Payload, SlackError
from playground.slack.socket_mode import Sockets
from playground.slack.state import State


class Control:
    """The knobs."""

    def __init__(self, state: State, events: Events, sockets: Sockets) -> None:
        self._state = state
        self._events = events
        self._sockets = sockets

    def routes(self) -> list[web.RouteDef]:
        """Return the table of knobs."""
        return [
            web.post("/_control/rate_limit", self._fault),
            web.post("/_control/fail", self._fault),
            web.post("/_control/slow", self._fault),
            web.post("/_control/redeliver", self._redeliver),
            web.post("/_control/disconnect", self._disconnect),
            web.get("/_control/calls", self._calls),
            web.post("/_control/reset_calls", self._reset_calls),
        ]

    async def _fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        kind = request.path.rpartition("/")[2]
        if not isinstance(body.get("method"), str):
            return web.json_response({"ok": False, "error": "invalid_arguments"}, status=400)
        fault = Fault(
            kind=kind,
            method=body["method"],
            times=body.get("times", 1),
            seconds=float(body.get("retry_after") or body.get("seconds") or 0),
            status=body.get("status"),
            error=body.get("error", "internal_error"),
            after_commit=body.get("after_commit", False),
        )
        self._state.faults.add(fault)
        return web.json_response({"ok": True})

    async def _redeliver(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            outcomes = await self._events.redeliver(
                body.get("event_id"), body.get("times", 1), body.get("reason", "http_timeout")
            )
        except SlackError as error:
            return web.json_response(error.answer(), status=400)
        return web.json_response({"ok": True, "deliveries": outcomes})

    async def _disconnect(self, request: web.Request) -> web.Response:
        count = await self._sockets.disconnect()
        return web.json_response({"ok": True, "disconnected": count})

    async def _calls(self, request: web.Request) -> web.Response:
        wanted = request.query.get("method")
        calls = [call for call in self._state.calls if wanted in (None, call["method"])]
        return web.json_response({"calls": calls})

    async def _reset_calls(self, request: web.Request) -> web.Response:
        self._state.calls.clear()
        return web.json_response({"ok": True})


async def _body(request: web.Request) -> Payload:
    body: Payload = json.loads(await request.read() or b"{}")
    return body
