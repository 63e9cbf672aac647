"""Passing a program's questions on to its model, with the key, and counting what they used."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from yarl import URL

from jobs.adapters.gateway.rules import Flavor, Place, RefusedRequest, cleaned, place_of
from jobs.adapters.gateway.usage import UsageReader
from jobs.adapters.model_prices import priced
from jobs.domain.budget import Spend
from jobs.domain.coding_agent import Auth
from jobs.metrics import METRICS
from jobs.redaction import scrub

_TIMES: Final = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=600)
_AT_ONCE: Final = 8
_SENT: Final = ("Accept", "Anthropic-Version", "Anthropic-Beta")
_GIVEN: Final = ("Retry-After",)
_PART: Final = 1 << 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upstream:
    """One model's API."""

    api: str
    """Its address, without a slash at its end."""
    auth: Auth
    key: SecretStr | None
    model: str
    """The one that may be asked."""

    @property
    def headers(self) -> dict[str, str]:
        """What shows the key."""
        if self.key is None:
            return {}
        shown = self.key.get_secret_value()
        return {"X-Api-Key": shown} if self.auth is Auth.X_API_KEY else {"Authorization": f"Bearer {shown}"}


@asynccontextmanager
async def asking(upstream: Upstream, refused: Callable[[Spend], str]) -> AsyncIterator["Asking"]:
    """A session with a model's API."""
    connector = aiohttp.TCPConnector(limit=_AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, timeout=_TIMES) as session:
        yield Asking(session, upstream, refused)


class Asking:
    """One command's questions."""

    def __init__(
        self, session: aiohttp.ClientSession, upstream: Upstream, refused: Callable[[Spend], str]
    ) -> None:
        self.spend = Spend()
        self.over = ""
        self.trouble = ""
        self.remedy = ""
        self._session = session
        self._upstream = upstream
        self._refused = refused
        self._turned = asyncio.Event()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._pending = 0

    async def turn(self) -> None:
        """Wait until another question was answered or refused."""
        await self._turned.wait()
        self._turned.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request of the sandbox; what is refused is said in the answer and in the log."""
        try:
            place = place_of(request.method, request.path)
            if place.flavor is None:
                return await self._passed(request, place, None)
            body = await self._body(request, place.flavor)
            async with self._slots:
                return await self._asked(request, place, body)
        except RefusedRequest as refused:
            _log.info("model: refused %s %.200s: %s", request.method, request.path, refused)
            return _error(403, str(refused))
        except (aiohttp.ClientError, TimeoutError) as error:
            METRICS.count("codegen_api_errors_total", service="model", kind=type(error).__name__)
            self.trouble = "The model's API cannot be reached."
            self.remedy = "Check the network and `api`, then retry."
            return _error(502, "the model's API cannot be reached")
        finally:
            self._turned.set()

    async def _asked(self, request: web.Request, place: Place, body: bytes) -> web.StreamResponse:
        """One question, if there is room for it beside those that are still being answered."""
        pending = Spend(requests=self._pending)
        self.over = self.over or self._refused(self.spend + pending)
        if self.over:
            raise RefusedRequest(self.over)
        self._pending += 1
        try:
            return await self._passed(request, place, body)
        finally:
            self._pending -= 1

    async def _body(self, request: web.Request, flavor: Flavor) -> bytes:
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise RefusedRequest("requests must not be compressed")
        try:
            told = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise RefusedRequest("the request is no JSON") from None
        except web.HTTPRequestEntityTooLarge:
            raise RefusedRequest("the request is too large") from None
        return json.dumps(cleaned(told, flavor, model=self._upstream.model)).encode()

    async def _passed(self, request: web.Request, place: Place, body: bytes | None) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in _SENT if name in request.headers}
        headers |= {"User-Agent": "codegen-bot", "Accept-Encoding": "identity", **self._upstream.headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
        query = "?beta=true" if request.query.get("beta") == "true" else ""
        url = URL(f"{self._upstream.api}{place.path}{query}", encoded=True)
        async with self._session.request(
            request.method, url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            asks = place.flavor not in (None, Flavor.COUNT)
            if asks:
                self._judge(answer.status)
            reader = UsageReader(len(body or b""), answer.content_type == "text/event-stream")
            if answer.status >= 300:
                return await self._declined(answer)
            try:
                return await _streamed(request, answer, reader)
            finally:
                if asks:
                    self._count(reader)

    def _count(self, reader: UsageReader) -> None:
        used = reader.result()
        spend = priced(
            self._upstream.model,
            api=self._upstream.api,
            sent=used.sent,
            received=used.received,
            cached=(used.cached, used.written),
        )
        self.spend += spend if used.measured else spend.model_copy(update={"priced": False})

    async def _declined(self, answer: aiohttp.ClientResponse) -> web.Response:
        """The provider's words, which programs act on; those about a key may repeat a part of it."""
        if answer.status in (401, 403) or answer.status < 400:
            return _error(502 if answer.status < 400 else answer.status, "the model's API refused this")
        text = (await answer.content.read(_PART)).decode(errors="replace")
        if self._upstream.key is not None:
            text = text.replace(self._upstream.key.get_secret_value(), "")
        given = web.Response(status=answer.status, text=scrub(text), content_type=answer.content_type)
        given.headers.update({name: answer.headers[name] for name in _GIVEN if name in answer.headers})
        return given

    def _judge(self, status: int) -> None:
        """What an answer's status means to a person; the provider's own text may hold a key."""
        self.trouble, self.remedy = "", ""
        if status < 300:
            return
        METRICS.count("codegen_api_errors_total", service="model", kind=str(status))
        match status:
            case 401 | 403:
                self.trouble = f"The key for the model {self._upstream.model} was refused."
                self.remedy = "Set a valid key; codegen doctor looks at it."
            case 404:
                self.trouble = (
                    f"The model's API does not know {self._upstream.model}, or not this way to ask it."
                )
                self.remedy = "Correct `model` or `api` in codegen.toml."
            case 429:
                self.trouble = f"The model {self._upstream.model} is rate limited."
                self.remedy = "Retry later."
            case _:
                self.trouble = f"The model's API answers with HTTP status {status}."
                self.remedy = "See the provider's status page, then retry."


async def _streamed(
    request: web.Request, answer: aiohttp.ClientResponse, reader: UsageReader
) -> web.StreamResponse:
    passed = web.StreamResponse(status=answer.status)
    passed.content_type = answer.content_type
    try:
        await passed.prepare(request)
        async for part in answer.content.iter_chunked(_PART):
            reader.add(part)
            await passed.write(part)
        await passed.write_eof()
    except aiohttp.ClientError:
        # the answer has begun: cutting it is the only way to say so
        if request.transport is not None:
            request.transport.abort()
    return passed


def _error(status: int, text: str) -> web.Response:
    kind = "rate_limit_error" if status == 429 else "invalid_request_error"
    error = {"type": "error", "error": {"type": kind, "code": kind, "message": text}}
    return web.json_response(error, status=status)
