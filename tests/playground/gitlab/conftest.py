"""A served GitLab stand-in with one project, and the people who talk to it."""

import asyncio
import base64
import io
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiohttp
import gitlab
import pytest
from gitlab.v4.objects import Project as RemoteProject
from yarl import URL

from playground.gitlab import GitLabStandIn
from playground.gitlab.records import Access
from playground.serve import serving
from tests.gitlab import a_gitlab

BOT = "glpat-playground-token"
BRANCH = "codegen/cg-1"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: object
    headers: dict[str, str]


@dataclass(frozen=True)
class Site:
    """The served stand-in and the ways to speak to it."""

    url: str
    standin: GitLabStandIn
    session: aiohttp.ClientSession
    home: Path

    async def api(self, method: str, path: str, body: object = None, *, token: str | None = BOT) -> Answer:
        """One REST call."""
        headers = {"PRIVATE-TOKEN": token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else io.BytesIO(json.dumps(body).encode())
        url = URL(f"{self.url}/api/v4{path}", encoded=True)
        async with self.session.request(method, url, data=data, headers=headers) as got:
            told = await got.json(content_type=None) if "json" in got.content_type else await got.text()
            return Answer(got.status, told, dict(got.headers))

    async def control(self, order: str, **body: object) -> dict[str, object]:
        """One order of the control side, which must succeed."""
        async with self.session.post(f"{self.url}/_control/{order}", json=body) as got:
            told: dict[str, object] = await got.json()
            assert got.status == 200, told
            return told

    async def ask(self, question: str) -> list[dict[str, object]]:
        """One question of the control side."""
        async with self.session.get(f"{self.url}/_control/{question}") as got:
            told: dict[str, list[dict[str, object]]] = await got.json()
            return told[question.partition("?")[0]]

    async def git(self, *args: str, cwd: Path | None = None, token: str | None = BOT) -> tuple[int, str]:
        """A git command of a person's machine: status and output."""
        process = await asyncio.create_subprocess_exec(
            "git",
            *args,
            cwd=cwd or self.home,
            env=_environment(token),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def client(self, act: Callable[[RemoteProject], Result], *, token: str = BOT) -> Result:
        """Something done with python-gitlab, in a thread of its own."""

        def run() -> Result:
            with gitlab.Gitlab(self.url, private_token=token, retry_transient_errors=False) as remote:
                return act(remote.projects.get("payments/api"))

        return await asyncio.to_thread(run)

    async def push(self, files: dict[str, str | None], *, branch: str = BRANCH, user: str = "codegen") -> str:
        """A commit on a branch."""
        told = await self.control("push", project="payments/api", branch=branch, user=user, files=files)
        return str(told["sha"])

    async def open_mr(self, **fields: object) -> dict[str, object]:
        """A merge request of the bot, its branch pushed first."""
        await self.push({"app.py": "one\ntwo and a half\nthree\n", "new.txt": "new\n"})
        wanted = {"source_branch": BRANCH, "target_branch": "main", "title": "Round half up"} | fields
        made = await self.api("POST", "/projects/1/merge_requests", wanted)
        assert made.status == 201, made.body
        assert isinstance(made.body, dict)
        return made.body


def _environment(token: str | None) -> dict[str, str]:
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "LC_ALL": "C.UTF-8",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "Ana", f"GIT_{role}_EMAIL": "ana@example.com"}
    if token:
        secret = base64.b64encode(f"oauth2:{token}".encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
    return environment


@asynccontextmanager
async def a_site(tmp_path: Path) -> AsyncIterator[Site]:
    """The stand-in over HTTP, with a project of everybody's and one of Ben's."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.py").write_text("one\ntwo\nthree\n")
    (source / "README.md").write_text("# Payments\n")
    with a_gitlab(tmp_path) as standin:
        await standin.add_project("payments/api", source)
        await standin.add_project("web/shop", None, members={"ben": Access.OWNER})
        async with serving(standin.app) as url, aiohttp.ClientSession() as session:
            yield Site(url, standin, session, tmp_path)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site
