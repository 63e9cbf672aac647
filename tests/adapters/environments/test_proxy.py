"""What gets through the proxy, and what does not; no sandbox, one socket."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from jobs.adapters.environments.links import Links
from jobs.adapters.environments.proxy import ORIGIN, SOCKET, Bounds, Traffic, serving
from jobs.adapters.environments.reach import answers
from jobs.adapters.environments.upstream import Guard, RefusedError
from jobs.domain.environment import Ecosystem
from tests.registry import PASSWORD, StandIn, registry, wheel

MIB = 1024 * 1024


@dataclass
class Inside:
    """What a build can say to the proxy."""

    session: aiohttp.ClientSession
    stand_in: StandIn
    traffic: Traffic

    async def ask(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        async with self.session.request(method, URL(ORIGIN + path, encoded=True)) as answer:
            return answer.status, await answer.read()

    async def links(self) -> list[str]:
        status, page = await self.ask("/python/simple/shoplib/")
        assert status == 200, page
        return [link.removeprefix(ORIGIN) for link in re.findall(r'href="([^"#]+)', page.decode())]


@asynccontextmanager
async def inside(folder: Path, *links: str, bounds: Bounds | None = None) -> AsyncIterator[Inside]:
    async with registry() as stand_in:
        stand_in.links = list(links)
        limits = bounds or Bounds(build=10 * MIB, file=2 * MIB)
        connector = aiohttp.UnixConnector(str(folder / SOCKET))
        async with (
            serving(folder, stand_in.registries, hosts=(), bounds=limits) as traffic,
            aiohttp.ClientSession(connector=connector) as session,
        ):
            yield Inside(session, stand_in, traffic)


async def test_pages_and_files_come_through_with_the_credential_added_outside(tmp_path: Path) -> None:
    async with inside(tmp_path) as one:
        first, second = await one.links()
        assert (await one.ask(first))[1] == wheel("1.0")
        assert (await one.ask(second, "HEAD")) == (200, b"")
        status, page = await one.ask("/npm/shopjs")
        assert (status, one.stand_in.url.encode() in page) == (200, False)
        assert (await one.ask("/go/example.com/shop/@v/list"))[1] == b"v1.0.0\n"
        told = "\n".join(one.traffic.requests)
        assert "GET " + one.stand_in.url + "/packages/shoplib-1.0-py3-none-any.whl 200" in told
        assert PASSWORD not in told
        assert one.traffic.fetched > len(wheel("1.0"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/python/simple/shoplib/", 405),
        ("PUT", "/npm/shopjs", 405),
        ("DELETE", "/npm/shopjs", 405),
        ("GET", "/", 403),
        ("GET", "/python/simple/", 403),
        ("GET", "/python/simple/../../admin/", 403),
        ("GET", "/npm/-/v1/search?text=x", 403),
        ("GET", "/go/sumdb/sum.golang.example/latest", 403),
        ("GET", f"/files/{'0' * 32}/aHR0cDovLzEyNy4wLjAuMS94/x", 403),
    ],
)
async def test_anything_else_is_refused_before_it_leaves_and_logged(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with inside(tmp_path) as one:
        assert (await one.ask(path, method))[0] == status
        assert one.stand_in.asked == []
        assert "refused" in one.traffic.requests[-1]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://10.0.0.8/x.whl", "10.0.0.8 is a private address"),
        ("https://169.254.169.254/latest/x.whl", "169.254.169.254 is a private address"),
        ("https://[::1]/x.whl", "::1 is a private address"),
        ("http://files.example/x.whl", "files.example is not asked without TLS"),
        ("file:///etc/passwd", "it is no web address"),
        ("../../packages/elsewhere.whl", "leads to files.example"),
    ],
)
async def test_where_a_page_leads_to_is_looked_at(tmp_path: Path, link: str, why: str) -> None:
    async with inside(tmp_path, link) as one:
        status, text = await one.ask((await one.links())[-1])
        assert (status, why in text.decode()) == (403, True), text


async def test_a_host_whose_name_leads_into_a_private_network_is_refused() -> None:
    guard = Guard({}, frozenset(), resolver=aiohttp.ThreadedResolver())
    with pytest.raises(RefusedError, match="private"):
        await guard.resolve("localhost")


async def test_a_large_file_and_a_greedy_build_are_cut(tmp_path: Path) -> None:
    bounds = Bounds(build=1500, file=1000)
    async with inside(tmp_path, "../../packages/large.whl", bounds=bounds) as one:
        links = await one.links()
        assert (await one.ask(links[-1]))[0] == 403
        assert (await one.ask(links[0]))[0] == 200
        with pytest.raises(aiohttp.ClientError):
            await one.ask(links[1])
        assert one.traffic.over
        assert (await one.ask(links[0]))[0] == 403


async def test_a_registry_that_refuses_is_told_apart(tmp_path: Path) -> None:
    async with inside(tmp_path) as one:
        assert (await one.ask("/python/simple/nothing/"))[0] == 404
        assert one.traffic.unreachable == ""
        one.stand_in.closed = True
        assert (await one.ask("/python/simple/shoplib/"))[0] == 401
        assert one.traffic.unreachable == "it answered 401"


@given(st.text(alphabet="abc/%?&=.-_", min_size=1, max_size=80), st.binary(min_size=1, max_size=8))
def test_only_links_that_were_made_here_open(rest: str, key: bytes) -> None:
    url = f"https://packages.example/{rest}"
    links, others = Links(b"own", ORIGIN), Links(b"other" + key, ORIGIN)
    signature, packed, name = links.made(url).removeprefix(ORIGIN + "/").partition("#")[0].split("/", 2)
    assert links.opened(signature, packed, name) == url.partition("#")[0]
    assert others.opened(signature, packed, name) is None
    assert links.opened(signature, packed, "x.metadata") == url.partition("#")[0]


async def test_doctor_tells_a_good_registry_from_one_that_refuses_or_is_gone() -> None:
    async with registry() as stand_in:
        registries = stand_in.registries
        assert await answers(Ecosystem.PYTHON, registries) == ""
        stand_in.closed = True
        told = await answers(Ecosystem.PYTHON, registries)
        assert told == "refuses us with 401; set REGISTRY_PYTHON_TOKEN in the worker's environment"
    assert "cannot be reached" in await answers(Ecosystem.NPM, registries)
