"""The token: in the environment of one command, and nowhere else."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from jobs.adapters.git import invoke
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.errors import Stop, Transient

TOKEN = "glpat-0123456789abcdefghij"


@pytest.fixture
def refusing() -> Iterator[tuple[str, list[str]]]:
    """A server that refuses everybody; its address and the Authorization headers it saw."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            body = f"HTTP Basic: Access denied for {TOKEN}".encode()
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="GitLab"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_refused_token_is_a_sentence_without_it(
    ground: Path, refusing: tuple[str, list[str]]
) -> None:
    address, seen = refusing
    workspaces = GitWorkspaces(ground / "refused", credentials={address: SecretStr(TOKEN)})
    repository = Repository(path="payments/api", url=f"{address}/payments/api.git")
    with pytest.raises(Stop, match=r"The token was refused for payments/api") as raised:
        await workspaces.resolve(repository, "main")
    assert TOKEN not in f"{raised.value!r} {raised.value}"
    expected = base64.b64encode(f"oauth2:{TOKEN}".encode()).decode()
    assert f"Basic {expected}" in seen
    stored = b"".join(one.read_bytes() for one in (ground / "refused").rglob("*") if one.is_file())
    assert TOKEN.encode() not in stored
    assert expected.encode() not in stored


def test_a_token_goes_only_where_it_belongs() -> None:
    credentials = {
        "https://gitlab.example.org": SecretStr(TOKEN),
        "https://gitlab.example.org/b": SecretStr("two"),
    }
    secrets = {
        url: invoke.access(url, credentials).secrets[:1]
        for url in (
            "https://gitlab.example.org/a/x.git",
            "https://gitlab.example.org/b/x.git",
            "https://gitlab.example.org.evil.com/a.git",
            "http://gitlab.example.org/a.git",
            "/srv/git/a.git",
        )
    }
    assert [*secrets.values()] == [(TOKEN,), ("two",), (), (), ()]


async def test_an_unreachable_host_is_a_sentence(ground: Path) -> None:
    workspaces = GitWorkspaces(ground / "unreachable")
    with pytest.raises(Transient, match=r"The repository payments/api cannot be reached"):
        await workspaces.resolve(Repository(path="payments/api", url="http://127.0.0.1:9/x.git"), "main")


def test_what_git_says_is_redacted() -> None:
    text = invoke.redacted(f"fatal: https://oauth2:{TOKEN}@gitlab.example.org/x {TOKEN}", (TOKEN,))
    assert text == "fatal: https://gitlab.example.org/x [redacted]"
