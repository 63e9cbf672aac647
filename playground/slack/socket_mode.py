"""Socket Mode: the app connects, envelopes go out, acknowledgements come back."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from playground.slack.limits import SOCKETS
from playground.slack.payload import Payload
from playground.slack.state import State
from playground.slack.web_api.call import Call


@dataclass
class Sockets:
    """The open connections of the app."""

    state: State
    tickets: set[str] = field(default_factory=set)
    open: list[web.WebSocketResponse] = field(default_factory=list)
    pending: dict[str, asyncio.Future[object]] = field(default_factory=dict)
    sent: int = 0
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the app has a connection."""

    def connections_open(self, call: Call) -> Payload:
        """Answer `apps.connections.open` with a single-use address."""
        ticket = secrets.token_urlsafe(16)
        self.tickets.add(ticket)
        return {"url": f"{call.state.origin.replace('http', 'ws', 1)}/socket/{ticket}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until it closes."""
        ticket = request.match_info["ticket"]
        if ticket not in self.tickets:
            return web.json_response({"ok": False, "error": "link_expired"}, status=404)
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.open) >= SOCKETS:
            await self._send_disconnect(socket, "too_many_websockets")
            return socket
        self.open.append(socket)
        try:
            await socket.send_json(self._hello())
            self.connected.set()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            if socket in self.open:
                self.open.remove(socket)
            if not self.open:
                self.connected.clear()
        return socket

    async def send(self, kind: str, payload: Payload, *, retry: tuple[int, str] = (0, "")) -> object:
        """Send one envelope over one connection and return the acknowledgement's payload, however late."""
        envelope: Payload = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        socket = self.open[self.sent % len(self.open)]
        self.sent += 1
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.pending[envelope["envelope_id"]] = answer
        try:
            await socket.send_json(envelope)
            return await answer
        finally:
            del self.pending[envelope["envelope_id"]]

    async def disconnect(self, reason: str = "refresh_requested") -> int:
        """Ask every connection to go, as Slack does from time to time; return how many there were."""
        sockets = list(self.open)
        self.open.clear()
        self.connected.clear()
        for socket in sockets:
            await self._send_disconnect(socket, reason)
        return len(sockets)

    def _acknowledged(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return
        pending = self.pending.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
        if pending is not None and not pending.done():
            pending.set_result(ack.get("payload"))

    def _hello(self) -> Payload:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "connection_info": {"app_id": self.state.workspace.app.id},
            "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 3600},
        }

    async def _send_disconnect(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})
        await socket.close()
