"""A package registry in the test's own process: a simple index with a password, npm's and Go's forms."""

import base64
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import SecretStr

from jobs.adapters.environments.registries import Registry
from jobs.domain.environment import Ecosystem

USER, PASSWORD = "reader", "correct-horse-battery"
AUTHORIZATION = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
VERSIONS = ("1.0", "2.0")


@dataclass
class StandIn:
    """What was asked, and where it is."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Further links on the index page of shoplib."""
    closed: bool = False
    """True: no credential is good any more."""

    @property
    def registries(self) -> dict[Ecosystem, Registry]:
        credential = SecretStr(AUTHORIZATION)
        return {one: Registry(f"{self.url}/{one}", credential) for one in Ecosystem}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if self.closed or request.headers.get("Authorization") != AUTHORIZATION:
            return web.Response(status=401)
        match request.path.split("/")[1:]:
            case ["python", "shoplib", ""]:
                return web.Response(text=self.index(), content_type="text/html")
            case ["packages", name] if name.startswith("shoplib-"):
                return web.Response(body=wheel(name.split("-")[1]))
            case ["packages", "large.whl"]:
                return web.Response(body=bytes(3 * 1024 * 1024))
            case ["packages", "elsewhere.whl"]:
                return web.Response(status=302, headers={"Location": "https://files.example/x.whl"})
            case ["npm", "shopjs"]:
                return web.json_response(packument(self.url))
            case ["packages", "shopjs-1.0.0.tgz"]:
                return web.Response(body=tarball())
            case ["go", *rest] if "/".join(rest) == "example.com/shop/@v/list":
                return web.Response(text="v1.0.0\n")
        return web.Response(status=404)

    def index(self) -> str:
        names = [f"shoplib-{version}-py3-none-any.whl" for version in VERSIONS]
        links = [
            f"../../packages/{name}#sha256={hashlib.sha256(wheel(version)).hexdigest()}"
            for name, version in zip(names, VERSIONS, strict=True)
        ]
        return "".join(f'<a href="{link}">{link.rpartition("/")[2]}</a>\n' for link in [*links, *self.links])


@asynccontextmanager
async def registry() -> AsyncIterator[StandIn]:
    """Serve on a free loopback port."""
    stand_in = StandIn()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", stand_in.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield stand_in
    finally:
        await runner.cleanup()


def wheel(version: str) -> bytes:
    """The package shoplib, which knows its version; the same bytes each time."""
    info = f"shoplib-{version}.dist-info"
    tag = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    parts = {
        "shoplib.py": f'VERSION = "{version}"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: shoplib\nVersion: {version}\nLicense: MIT\n",
        f"{info}/WHEEL": tag,
        f"{info}/RECORD": "",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()


def tarball() -> bytes:
    """The npm package shopjs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in (
            ("package.json", json.dumps({"name": "shopjs", "version": "1.0.0", "main": "index.js"})),
            ("index.js", "module.exports = 'one';\n"),
        ):
            one = tarfile.TarInfo(f"package/{name}")
            one.size = len(text)
            archive.addfile(one, io.BytesIO(text.encode()))
    return packed.getvalue()


def packument(url: str) -> dict[str, object]:
    """What the registry says of shopjs."""
    dist = {"tarball": f"{url}/packages/shopjs-1.0.0.tgz"}
    version = {"name": "shopjs", "version": "1.0.0", "dist": dist}
    return {"name": "shopjs", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
