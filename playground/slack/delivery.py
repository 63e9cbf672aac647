"""Bringing a payload to the app, over a socket or by signed HTTP, and waiting for its acknowledgement."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, web

from playground.slack.payload import Payload
from playground.slack.socket_mode import Sockets
from playground.slack.state import State

SLASH, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"
"""Socket Mode's names of the three kinds of payload."""


class Undelivered(Exception):
    """The app did not acknowledge; the code is what the person is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Delivery:
    """The way to the app."""

    def __init__(
        self,
        state: State,
        sockets: Sockets,
        *,
        signing_secret: str,
        request_url: str | None,
        ack_seconds: float,
    ) -> None:
        self._state = state
        self._sockets = sockets
        self._signing_secret = signing_secret
        self.request_url = request_url
        self.ack_seconds = ack_seconds
        self._session: ClientSession | None = None

    async def session(self, _app: web.Application) -> AsyncIterator[None]:
        """Hold the HTTP client open while the stand-in runs."""
        async with ClientSession() as self._session:
            yield

    async def deliver(self, kind: str, payload: Payload, *, retry: tuple[int, str] = (0, "")) -> object:
        """Return what the app answered: a JSON value, a text, or None; raises Undelivered."""
        try:
            async with asyncio.timeout(self.ack_seconds):
                if self._sockets.open:
                    return await self._sockets.send(kind, payload, retry=retry)
                if self.request_url:
                    return await self._post(kind, payload, retry=retry)
        except TimeoutError as error:
            raise Undelivered("operation_timeout") from error
        except ClientError as error:
            raise Undelivered("dispatch_failed") from error
        raise Undelivered("dispatch_failed")

    async def verify_url(self) -> bool:
        """Do the handshake with which Slack checks an events address: does it answer the challenge?"""
        challenge = "playground-challenge"
        body = {"type": "url_verification", "challenge": challenge, "token": self._legacy()}
        answer = await self._post(EVENT, body, retry=(0, ""))
        return answer == challenge or (isinstance(answer, dict) and answer.get("challenge") == challenge)

    async def _post(self, kind: str, payload: Payload, *, retry: tuple[int, str]) -> object:
        if self._session is None or self.request_url is None:
            raise Undelivered("dispatch_failed")
        body, content_type = _encoded(kind, payload)
        timestamp = str(int(self._state.clock()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if retry[0]:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        async with self._session.post(self.request_url, data=body.encode(), headers=headers) as answer:
            text = await answer.text()
            if not 200 <= answer.status < 300:
                raise Undelivered("dispatch_failed")
            if not text:
                return None
            return _parsed(text) if answer.content_type == "application/json" else text

    def _legacy(self) -> str:
        return self._state.workspace.app.verification_token


def signature(secret: str, timestamp: str, body: str) -> str:
    """Return the v0 signature of a request."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Undelivered("dispatch_failed") from error


def _encoded(kind: str, payload: Payload) -> tuple[str, str]:
    if kind == EVENT:
        return json.dumps(payload), "application/json"
    form = payload if kind == SLASH else {"payload": json.dumps(payload)}
    return urlencode(form), "application/x-www-form-urlencoded"
