"""The stand-in for a model provider, over HTTP, with faults on demand under /_control."""

import asyncio
import json
from dataclasses import asdict, dataclass, replace

from aiohttp import web

from playground.model.notes import Notes, asks_for_notes
from playground.model.opinions import ANSWER, opinion
from playground.model.protocol import RefusedRequest, check_request
from playground.model.replies import completion, refusal
from playground.model.rework import Rework, asks_for_rework
from playground.model.script import Script, next_calls
from playground.model.solve import Solve
from playground.model.talk import Call, Json, Talk, read_talk

KEY = "sk-playground"
"""The key it takes."""
NAME = "scripted"
"""The model it has."""
MISTAKES = (ValueError, TypeError, KeyError)
"""What a control that is not understood raises."""


@dataclass
class Faults:
    """What goes wrong next; the numbers count down with each request they spoil."""

    rate_limit: int = 0
    retry_after: float = 0.0
    fail: int = 0
    status: int = 500
    garbage: int = 0
    cut: int = 0
    slow: int = 0
    seconds: float = 0.0
    refuse: bool = False
    loop: bool = False
    forget: bool = False


@dataclass
class Calls:
    """What it was asked."""

    requests: int = 0
    """Requests for a completion, whatever became of them."""
    completions: int = 0
    """Those that were answered with one."""
    refused: int = 0
    """Those that were not well formed, or had no right key."""


class ModelStandIn:
    """An OpenAI-compatible provider with one scripted model."""

    def __init__(self, script: Script | None = None) -> None:
        self._script = script
        self.faults = Faults()
        self.calls = Calls()
        self.app = web.Application(client_max_size=64 * 1024**2)
        self.app.add_routes(
            [
                web.post("/v1/chat/completions", self._complete),
                web.get("/v1/models", self._models),
                web.post("/_control/{control}", self._control),
                web.get("/_control/calls", self._count),
            ]
        )

    async def _models(self, request: web.Request) -> web.Response:
        try:
            _authorized(request)
        except RefusedRequest as refused:
            return web.json_response({"error": refused.error}, status=refused.status)
        one = {"id": NAME, "object": "model", "created": 0, "owned_by": "playground"}
        return web.json_response({"object": "list", "data": [one]})

    async def _complete(self, request: web.Request) -> web.Response:
        self.calls.requests += 1
        try:
            _authorized(request)
            if (fault := await self._fault()) is not None:
                return fault
            body = check_request(await _json(request), model=NAME)
            if body.get("stream"):
                raise RefusedRequest("Streaming is not offered by this model.", param="stream")
        except RefusedRequest as refused:
            self.calls.refused += 1
            return web.json_response({"error": refused.error}, status=refused.status)
        self.calls.completions += 1
        return web.json_response(self._answer(body))

    def _answer(self, body: Json) -> Json:
        if self.faults.refuse:
            return refusal(body, model=NAME)
        talk = read_talk(body)
        if talk.tools == {ANSWER}:
            shape = body["tools"][0]["function"].get("parameters", {})
            return completion(body, model=NAME, calls=(opinion(talk, shape),))
        if "finish" not in talk.tools:
            return completion(body, model=NAME, calls=())
        if self.faults.loop:
            return completion(body, model=NAME, calls=(Call("read", {"path": "."}),))
        script = self._script or _script_for(talk, forgetful=self.faults.forget)
        cut = self._take("cut")
        return completion(body, model=NAME, calls=next_calls(script, talk), cut=cut)

    async def _fault(self) -> web.Response | None:
        if self._take("slow"):
            await asyncio.sleep(self.faults.seconds)
        if self._take("rate_limit"):
            error = {"message": "Rate limit reached.", "type": "requests", "code": "rate_limit_exceeded"}
            after = {"Retry-After": f"{self.faults.retry_after:g}"}
            return web.json_response({"error": error}, status=429, headers=after)
        if self._take("fail"):
            error = {"message": "The server had an error.", "type": "server_error", "code": "internal"}
            return web.json_response({"error": error}, status=self.faults.status)
        if self._take("garbage"):
            return web.Response(text="<html>it works</html>", content_type="text/html")
        return None

    def _take(self, fault: str) -> bool:
        left: int = getattr(self.faults, fault)
        setattr(self.faults, fault, max(0, left - 1))
        return left > 0

    async def _count(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(self.calls))

    async def _control(self, request: web.Request) -> web.Response:
        """Set a fault by its name, such as rate_limit with times and retry_after; `reset` clears all."""
        control = request.match_info["control"]
        try:
            given = json.loads(await request.text() or "{}")
            self._set(control, dict(given))
        except MISTAKES as error:
            raise web.HTTPBadRequest(text=f"control {control} was not understood: {error}") from error
        return web.json_response({"ok": True})

    def _set(self, control: str, given: Json) -> None:
        if control == "reset":
            self.faults, self.calls = Faults(), Calls()
            return
        value = getattr(Faults(), control, None)
        if value is None or control in ("retry_after", "status", "seconds"):
            raise ValueError("there is no such control")
        first = bool(given.pop("on", True)) if isinstance(value, bool) else int(given.pop("times", 1))
        self.faults = replace(self.faults, **{control: first, **given})


def _script_for(talk: Talk, *, forgetful: bool) -> Script:
    if asks_for_rework(talk):
        return Rework()
    return Notes() if asks_for_notes(talk) else Solve(forgetful=forgetful)


def _authorized(request: web.Request) -> None:
    given = request.headers.get("Authorization", "")
    if not given.startswith("Bearer ") or not given.removeprefix("Bearer ").strip():
        raise RefusedRequest("You didn't provide an API key.", status=401)
    if given != f"Bearer {KEY}":
        shown = given.removeprefix("Bearer ")[:5]
        raise RefusedRequest(f"Incorrect API key provided: {shown}***.", status=401, code="invalid_api_key")


async def _json(request: web.Request) -> object:
    try:
        parsed: object = json.loads(await request.text())
    except ValueError as error:
        raise RefusedRequest("We could not parse the JSON body of your request.") from error
    return parsed
