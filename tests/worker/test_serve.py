"""The process as the operator sees it: exit statuses, signals, logs."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterator

import pytest

from jobs.errors import Stop, StopKind
from jobs.queue.store import Store
from jobs.worker import logs
from jobs.worker.serve import serve
from tests.worker.fakes import Fakes, a_settings


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    root = logging.getLogger()
    ours, handlers = logging.getLogger("jobs"), list(root.handlers)
    levels = root.level, ours.level
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


async def test_without_a_working_sandbox_the_worker_does_not_start(store: Store, redis_url: str) -> None:
    async def refuse() -> None:
        raise Stop("bubblewrap is missing.", remedy="Run: apt-get install bubblewrap")

    assert await serve(a_settings(redis_url), Fakes(store, probe=refuse).build) == 4
    assert await store.workers() == ()


async def test_a_wrong_setting_is_another_exit_status(store: Store) -> None:
    async def refuse() -> None:
        raise Stop("The model is unknown.", kind=StopKind.INPUT)

    assert await serve(a_settings("nonsense"), Fakes(store).build) == 2


def test_libraries_only_warn_and_whatever_is_logged_is_one_object_a_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logs.configure(("glpat-secret",))
    for name in ("httpx", "httpx2", "arq.worker", "slack_sdk"):
        logging.getLogger(name).info("HTTP Request: POST http://model/v1")
    logging.getLogger("httpx2").warning("the key glpat-secret is refused")
    with logs.about("cg-1"):
        logging.getLogger("jobs.worker.watching").info("looked at")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(one["logger"], one["text"], one.get("task")) for one in lines] == [
        ("httpx2", "the key [secret] is refused", None),
        ("jobs.worker.watching", "looked at", "cg-1"),
    ]


async def test_sigterm_ends_the_worker_in_order(store: Store, redis_url: str) -> None:
    argv = (sys.executable, "-m", "tests.worker.process", redis_url, "8", "goes")
    process = await asyncio.create_subprocess_exec(*argv, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        while not await store.workers():
            await store.connection.call("BLPOP", "test:nothing", 0.1)
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    assert process.returncode == 0
    lines = [json.loads(line) for line in said.decode().splitlines()]
    assert lines[0]["text"].startswith("worker ")
    assert await store.workers() == ()
