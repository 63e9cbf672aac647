"""Integration tests of a small repository against a real Redis-compatible server beside them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.domain.verdict import CheckStatus, EvidenceStatus, VerdictStatus
from playground.redis_server import server_program
from tests.adapters.checkouts import processes_with
from tests.verification import Workshop, check, proof, spec, told, workshop

PORT = 7391
STORE = """import os
import socket


def ask(*words):
    host, port = os.environ["STORE"].split(":")
    with socket.create_connection((host, int(port))) as connection:
        said = "".join(f"${len(word.encode())}\\r\\n{word}\\r\\n" for word in words)
        connection.sendall(f"*{len(words)}\\r\\n{said}".encode())
        return connection.recv(1000).decode().strip()


def add_cents(name, cents):
    return int(ask("INCRBY", name, str(cents // 2))[1:])
"""
OLD = """import unittest

from store import ask


class Store(unittest.TestCase):
    def test_answers(self):
        self.assertEqual(ask("PING"), "+PONG")
"""
NEW = """import unittest

from store import add_cents


class Cents(unittest.TestCase):
    def test_every_cent_is_kept(self):
        before = add_cents("till", 0)
        self.assertEqual(add_cents("till", 5), before + 5)
"""
SERVICE = f"""services:
  store:
    run: store-server --port {PORT} --save '' --appendonly no
    port: {PORT}
    env: {{STORE: "127.0.0.1:{PORT}"}}
"""
BASE = {"store.py": STORE, "tests/__init__.py": "", "tests/test_store.py": OLD, ".codegen.yml": SERVICE}
FIX = {"store.py": STORE.replace("cents // 2", "cents"), "tests/test_cents.py": NEW}
NODE = "tests.test_cents.Cents.test_every_cent_is_kept"


@pytest.fixture
def shop() -> Iterator[Workshop]:
    """An environment with a Python and the server."""
    with workshop(None) as one:
        programs = one.folder / "given" / "bin"
        programs.mkdir(parents=True)
        shutil.copy(server_program(), programs / "store-server")
        Path(programs / "python").symlink_to("/usr/bin/python3")
        one.environment = str(programs.parent)
        yield one


async def test_a_fix_is_proven_against_the_server_which_is_gone_afterwards(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
    assert proof(verdict).status is EvidenceStatus.PROVEN, told(verdict)
    assert "--- service store ---" in check(verdict, "suite").log
    assert "Ready to accept connections" in check(verdict, "suite").log
    assert processes_with(f"--port\0{PORT}") == []


async def test_a_server_that_cannot_start_is_named_with_its_last_words(shop: Workshop) -> None:
    base = await shop.commit({**BASE, ".codegen.yml": SERVICE.replace("--save ''", "--maxmemory much")})
    head = await shop.commit(FIX, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    suite = check(verdict, "suite")
    assert suite.status is CheckStatus.NOT_AVAILABLE, told(verdict)
    assert "the service store ended with exit status 1 before it was ready" in suite.summary
    assert "argument must be a memory value" in suite.summary
    assert verdict.status is not VerdictStatus.PASSED
