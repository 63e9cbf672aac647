"""Faults on demand, and the record of every call received."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from playground.gitlab.records import Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """What happens to the next `times` calls whose verb is `method` and whose address contains `path`."""

    times: int
    method: str = ""
    path: str = ""
    status: int = 0
    message: str = ""
    retry_after: int | None = None
    seconds: float = 0.0
    after_commit: bool = False
    drop: bool = False

    def meets(self, request: web.Request) -> bool:
        """Whether this fault is for that call."""
        verb = not self.method or self.method.upper() == request.method
        return self.times > 0 and verb and self.path in request.path

    def response(self) -> web.Response:
        """The answer instead of the true one."""
        if self.retry_after is not None:
            headers = {"Retry-After": str(self.retry_after), "RateLimit-Remaining": "0"}
            return web.Response(status=429, text="Retry later\n", headers=headers)
        reason = self.message or f"{self.status} {HTTPStatus(self.status).phrase}"
        return web.json_response({"message": reason}, status=self.status)


@dataclass
class Faults:
    """The planned faults and the calls so far."""

    planned: list[Fault] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)

    def take(self, request: web.Request) -> Fault | None:
        """The fault for this call, counted down."""
        for one in self.planned:
            if one.meets(request):
                one.times -= 1
                return one
        return None


async def under_faults(fault: Fault | None, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a call with the fault that was planned for it, if any."""
    if fault is None:
        return await handler(request)
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
        return await handler(request)
    if fault.after_commit:
        await handler(request)
    if fault.drop and request.transport is not None:
        request.transport.close()
    return fault.response()
