"""What a build reaches instead of the network: GET and HEAD to package registries, counted and logged."""

import logging
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from jobs.adapters.environments.links import Links, packument, simple_html, simple_json
from jobs.adapters.environments.registries import Registries
from jobs.adapters.environments.upstream import RefusedError, Upstream, upstream
from jobs.adapters.sockets import listening
from jobs.domain.environment import Ecosystem
from jobs.redaction import scrub

SOCKET: Final = "registry.sock"
"""Name of the socket in its folder."""
ORIGIN: Final = "http://127.0.0.1:8099"
"""Where the sandbox's forwarder listens."""

_PAGE_LIMIT: Final = 64 * 1024 * 1024
_PART: Final = 1 << 16
_SIMPLE: Final = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.1"
)
_PACKUMENT: Final = "application/vnd.npm.install-v1+json, application/json;q=0.8"
_PYTHON: Final = re.compile(r"/python/simple/([A-Za-z0-9][A-Za-z0-9._-]*)/")
_NPM: Final = re.compile(r"/npm/((?:@[\w.~-]+(?:%2[fF]|/))?[\w.~][\w.~-]*(?:/[\w.~+-]+)?)")
_GO: Final = re.compile(r"/go/((?:[\w.~!+-]+/)+(?:@v/[\w.~!+-]+|@latest))")
_FILE: Final = re.compile(r"/files/(\w{32})/([\w-]+)/([^/]+)")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """What one build may fetch, in bytes."""

    build: int
    file: int


@dataclass
class Traffic:
    """What one build asked for."""

    fetched: int = 0
    """Bytes."""
    requests: list[str] = field(default_factory=list)
    """A line each: method, address, status, bytes, and why not; without credentials."""
    unreachable: str = ""
    """What the last registry that could not be asked said; empty when all answered."""
    over: bool = False
    """True when the build wanted more than its bound."""


@asynccontextmanager
async def serving(
    folder: Path, registries: Registries, *, hosts: tuple[str, ...], bounds: Bounds
) -> AsyncIterator[Traffic]:
    """Serve on a socket in `folder` as long as the block lasts."""
    async with upstream(registries, hosts) as session:
        proxy = Proxy(session, registries, bounds)
        server = web.Server(proxy.answer, access_log=None)
        runner = web.ServerRunner(server)
        await runner.setup()
        try:
            await web.SockSite(runner, listening(folder, SOCKET)).start()
            yield proxy.traffic
        finally:
            await runner.cleanup()


class Proxy:
    """One build's way out."""

    def __init__(self, session: Upstream, registries: Registries, bounds: Bounds) -> None:
        self.traffic = Traffic()
        self._session = session
        self._registries = registries
        self._bounds = bounds
        self._links = Links(secrets.token_bytes(32), f"{ORIGIN}/files")

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request of the sandbox; what is refused is said in the answer and in the log."""
        path = request.raw_path
        try:
            return await self._answered(request, path)
        except RefusedError as refused:
            return self._refused(request, path, f"refused: {refused}", status=403)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.traffic.unreachable = scrub(f"{type(error).__name__}: {error}")[:300]
            return self._refused(request, path, "the registry cannot be reached", status=502)

    async def _answered(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return self._refused(request, path, "refused: only GET and HEAD are let through", status=405)
        if self.traffic.over:
            raise RefusedError("this build has fetched all that it may")
        if ".." not in path:
            if found := _FILE.fullmatch(path):
                url = self._links.opened(found[1], found[2], found[3])
                if url is None:
                    raise RefusedError("no index named this address")
                return await self._streamed(request, url)
            if found := _PYTHON.fullmatch(path):
                return await self._page(request, self._at(Ecosystem.PYTHON, f"{found[1]}/"), accept=_SIMPLE)
            if found := _NPM.fullmatch(path):
                return await self._page(request, self._at(Ecosystem.NPM, found[1]), accept=_PACKUMENT)
            if found := _GO.fullmatch(path):
                return await self._streamed(request, self._at(Ecosystem.GO, found[1]))
        raise RefusedError("this is no address of a package registry")

    def _at(self, ecosystem: Ecosystem, rest: str) -> str:
        registry = self._registries.get(ecosystem)
        if registry is None:
            raise RefusedError(f"no registry for {ecosystem} is configured")
        return f"{registry.url}/{rest}"

    async def _page(self, request: web.BaseRequest, url: str, *, accept: str) -> web.StreamResponse:
        async with self._session.fetch(url, accept=accept) as answer:
            content = await self._whole(answer)
            self._note(request.method, url, answer.status, size=len(content))
            kind = answer.content_type
            if answer.status != 200:
                return web.Response(status=answer.status, text=f"the registry answered {answer.status}\n")
            rewrite = _rewriter(request.raw_path, kind)
            try:
                text = rewrite(content.decode("utf-8", "replace"), str(answer.url), self._links.made)
            except (ValueError, TypeError, AttributeError, KeyError):
                raise RefusedError(f"the registry's answer of type {kind} cannot be read") from None
        body = b"" if request.method == "HEAD" else text.encode()
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def _whole(self, answer: aiohttp.ClientResponse) -> bytes:
        parts = bytearray()
        async for part in answer.content.iter_chunked(_PART):
            parts += part
            self._count(len(part))
            if len(parts) > _PAGE_LIMIT:
                raise RefusedError("the registry's page is too large")
        return bytes(parts)

    async def _streamed(self, request: web.BaseRequest, url: str) -> web.StreamResponse:
        async with self._session.fetch(url, method=request.method) as answer:
            size = answer.content_length or 0
            if size > self._bounds.file:
                raise RefusedError(f"{size} bytes are more than one file may have")
            given = web.StreamResponse(status=answer.status)
            given.content_type = "application/octet-stream"
            if answer.content_length is not None:
                given.content_length = size
            await given.prepare(request)
            passed = 0
            try:
                async for part in answer.content.iter_chunked(_PART):
                    passed += len(part)
                    self._count(len(part))
                    if passed > self._bounds.file:
                        raise RefusedError("it is more than one file may have")
                    await given.write(part)
            except (RefusedError, aiohttp.ClientError) as cut:
                # the answer has begun: cutting it is the only way to say so, and no tool takes half a file
                self._note(request.method, url, answer.status, size=passed, why=f"cut: {cut}")
                if request.transport is not None:
                    request.transport.abort()
                return given
            self._note(request.method, url, answer.status, size=passed)
            return given

    def _count(self, size: int) -> None:
        self.traffic.fetched += size
        if self.traffic.fetched > self._bounds.build:
            self.traffic.over = True
            raise RefusedError("this build has fetched all that it may")

    def _refused(self, request: web.BaseRequest, path: str, why: str, *, status: int) -> web.Response:
        self._note(request.method, path, status, why=why)
        return web.Response(status=status, text=f"{why}\n")

    def _note(self, method: str, url: str, status: int, *, size: int = 0, why: str = "") -> None:
        line = scrub(f"{method} {url.partition('?')[0][:500]} {status} {size} bytes {why}".rstrip())
        self.traffic.requests.append(line)
        if status in (401, 407) or status >= 500:
            self.traffic.unreachable = self.traffic.unreachable or f"it answered {status}"
        _log.info("registry: %s", line)


def _rewriter(path: str, kind: str) -> Callable[[str, str, Callable[[str], str]], str]:
    read = packument if path.startswith("/npm/") else simple_json if kind.endswith("json") else simple_html
    return lambda page, url, made: read(page, url=url, made=made)
