"""Fetching from registries: from their hosts alone, never from a private network, with bounded bytes."""

import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, cast
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from jobs.adapters.environments.registries import Registries, Registry

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_HOPS: Final = 5
_TIMES: Final = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=60)
_HEADERS: Final = {"User-Agent": "codegen-bot", "Accept-Encoding": "identity"}


class RefusedError(Exception):
    """This is not fetched; says why."""


@dataclass(frozen=True)
class Guard:
    """Decides which hosts are asked: registries wherever they are, others only with public addresses."""

    registries: Registries
    hosts: frozenset[str]
    """Hosts that redirects may lead to."""
    resolver: AbstractResolver = field(default_factory=aiohttp.ThreadedResolver)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """aiohttp's resolver: the address that was looked at is the one that is connected to."""
        found = await self.resolver.resolve(host, port, family)
        for one in found:
            self.expect_public(host, one["host"])
        return found

    async def close(self) -> None:
        """Part of aiohttp's resolver."""
        await self.resolver.close()

    def expect_public(self, host: str, address: str) -> None:
        """Raises RefusedError for a private address that is no registry's."""
        if host not in self._own and not ipaddress.ip_address(address).is_global:
            raise RefusedError(f"{host} is a private address")

    def expect_allowed(self, url: str, *, redirected: bool) -> None:
        """Raises RefusedError for an address that may not be asked."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise RefusedError("it is no web address")
        if redirected and host not in self._own and host not in self.hosts:
            raise RefusedError(f"it leads to {host}, which [registries] hosts does not name")
        if parts.scheme == "http" and not any(one.url.startswith("http:") for one in self._on(host)):
            raise RefusedError(f"{host} is not asked without TLS")
        if _is_address(host):
            self.expect_public(host, host)

    def credential(self, url: str) -> str | None:
        """The Authorization header for an address, if it is at a registry's origin."""
        for one in self.registries.values():
            if one.authorization is not None and URL(url).origin() == URL(one.url).origin():
                return one.authorization.get_secret_value()
        return None

    @property
    def _own(self) -> frozenset[str]:
        return frozenset(one.host for one in self.registries.values())

    def _on(self, host: str) -> list[Registry]:
        return [one for one in self.registries.values() if one.host == host]


@dataclass(frozen=True)
class Upstream:
    """A session with the registries."""

    session: aiohttp.ClientSession
    guard: Guard

    @asynccontextmanager
    async def fetch(
        self, url: str, *, method: str = "GET", accept: str = "*/*"
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer after redirects; raises RefusedError, aiohttp.ClientError or TimeoutError."""
        for hop in range(_HOPS):
            self.guard.expect_allowed(url, redirected=hop > 0)
            headers = {"Accept": accept}
            credential = self.guard.credential(url)
            if credential:
                headers["Authorization"] = credential
            async with AsyncExitStack() as stack:
                asked = self.session.request(
                    method, URL(url, encoded=True), headers=headers, allow_redirects=False
                )
                answer = await stack.enter_async_context(asked)
                if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                    yield answer
                    return
                url = urljoin(url, answer.headers["Location"])
        raise RefusedError("it redirects too often")


@asynccontextmanager
async def upstream(registries: Registries, hosts: tuple[str, ...]) -> AsyncIterator[Upstream]:
    """A session for one build."""
    guard = Guard(registries, frozenset(hosts))
    # a resolver by its shape: nothing is inherited here
    connector = aiohttp.TCPConnector(resolver=cast("AbstractResolver", guard), limit=16)
    async with aiohttp.ClientSession(connector=connector, timeout=_TIMES, headers=_HEADERS) as session:
        yield Upstream(session, guard)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
