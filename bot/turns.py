"""Slack's limits for the bot's own calls: each takes its turn from the buckets that all processes share.

People wait for the bot, so no call is held back for long: when its turn does not come, it goes all the same
and Slack decides. What Slack answers with 429 holds every process back.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Protocol

from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

PATIENCE = 1.0
"""Seconds that a call somebody waits for is held back at the most."""

QUIET_PATIENCE = 6.0
"""Seconds for calls that nobody waits for: below the time a call may take."""

QUIET = frozenset({"conversations.members", "files.completeUploadExternal"})
"""Calls that nobody waits for."""

TAKEN = frozenset({"views.publish"})
"""Calls that have had their turn before they come here."""

AT_ONCE = frozenset({"views.open", "views.push", "auth.test", "apps.connections.open"})
"""Calls that are never held back: a trigger lives for three seconds."""

_POSTS = ("chat.postMessage", "chat.postEphemeral")
_UNSAID = 5.0
_QUEUES = 1_000


class Gate(Protocol):
    """What the bot needs of the shared buckets."""

    async def turn(self, method: str, *, channel: str = "") -> float:
        """Take one call's turn if it is there: 0.0, else in how many seconds to ask again."""

    async def slack_limited(self, method: str, seconds: float, *, channel: str = "") -> None:
        """Slack answered 429: nobody calls before these seconds are over."""


def turns(gate: Gate) -> ClientMiddlewareType:
    """Middleware for the session that the bot speaks to Slack with."""
    queues: dict[tuple[str, str], _Queue] = {}

    async def take_turn(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        method = request.url.path.rpartition("/")[2]
        channel = _channel(request) if method in _POSTS else ""
        if _waits(method, channel):
            if len(queues) > _QUEUES:
                queues.clear()
            queue = queues.setdefault((method, channel), _Queue(gate, method, channel))
            await queue.wait(QUIET_PATIENCE if method in QUIET else PATIENCE)
        answer = await handler(request)
        if answer.status == 429:
            await gate.slack_limited(method, _seconds(answer), channel=channel)
        return answer

    return take_turn


class _Queue:
    """Calls of one kind: one of them asks for all, so that a crowd does not ask a hundred times."""

    def __init__(self, gate: Gate, method: str, channel: str) -> None:
        self._gate, self._method, self._channel = gate, method, channel
        self._asking = asyncio.Lock()
        self._empty_until = 0.0

    async def wait(self, patience: float) -> None:
        """Until it is this call's turn, or these seconds are over."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                while not await self._asked(clock):  # noqa: ASYNC110  # a shared bucket rings no bell
                    await asyncio.sleep(max(self._empty_until - clock(), 0.005))

    async def _asked(self, clock: Callable[[], float]) -> bool:
        async with self._asking:
            if clock() < self._empty_until:
                return False
            seconds = await self._gate.turn(self._method, channel=self._channel)
            self._empty_until = clock() + seconds if seconds > 0 else 0.0
            return seconds <= 0


def _waits(method: str, channel: str) -> bool:
    """A head message has had its turn already when it was marked as being posted; a direct one has not."""
    if method == "chat.postMessage":
        return channel.startswith(("D", "U"))
    return method not in AT_ONCE | TAKEN


def _channel(request: ClientRequest) -> str:
    """Where a post goes, from its JSON body; empty when it cannot be told."""
    body = request.body
    text = body if isinstance(body, bytes | bytearray) else body.decode() if body else ""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return ""
    return str(found.get("channel") or "") if isinstance(found, dict) else ""


def _seconds(answer: ClientResponse) -> float:
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.replace(".", "", 1).isdigit() else _UNSAID
