"""Workers as processes of their own: together they stay below Slack's and GitLab's limits."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from jobs.queue.gate import GITLAB, MESSAGE, Rate
from playground.gitlab import GitLabStandIn
from playground.gitlab.seed import BOT_KEY as GITLAB_KEY
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.processes import Beside, go, line, together

WORK = """
import asyncio, sys
from pydantic import SecretStr
from jobs.adapters.gitlab import GitLabConnection, GitLabForge
from jobs.adapters.slack import SlackMessenger
from jobs.errors import Busy
from jobs.ports import Message
from jobs.queue.connection import open_connection
from jobs.queue.gate import URGENCY, RedisGate, Urgency

async def work(redis, slack, slack_key, gitlab, gitlab_key):
    connection = open_connection(redis)
    gate = RedisGate(connection)
    messenger = SlackMessenger(f"{slack}/api/", SecretStr(slack_key), gate=gate)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "one"}}
    message = Message(channel="C0PAY", text="one", blocks=(section,), key="cg-1/head")
    at = GitLabConnection(gitlab, SecretStr(gitlab_key), gate=gate)
    forge = GitLabForge(at)
    ts = await messenger.put(message)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    URGENCY.set(Urgency.STATE)
    for _ in range(30):
        try:
            await messenger.put(message, ts=ts)
        except Busy:
            pass
    URGENCY.set(Urgency.END)
    await asyncio.gather(*(forge.branch_head("payments/api", "main") for _ in range(30)))
    print("done", flush=True)
    at.close()
    await connection.close()

asyncio.run(work(*sys.argv[1:]))
"""
WORKERS = 3


def allowed(rate: Rate, seconds: float) -> float:
    """Calls that may have gone through."""
    return rate.burst + rate.per_minute / 60 * seconds


@pytest.fixture
async def standins(tmp_path: Path) -> AsyncIterator[tuple[SlackStandIn, str, GitLabStandIn, str]]:
    slack, gitlab = (
        SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY),
        GitLabStandIn(tmp_path / "repositories"),
    )
    await gitlab.add_project("payments/api", None)
    async with serving(slack.app) as slack_url, serving(gitlab.app) as gitlab_url:
        yield slack, slack_url, gitlab, gitlab_url


async def all_say(workers: Sequence[Beside], words: str) -> None:
    assert [await line(worker) for worker in workers] == [words] * len(workers)


async def test_processes_together_keep_to_the_limits(
    redis_url: str, standins: tuple[SlackStandIn, str, GitLabStandIn, str]
) -> None:
    slack, slack_url, gitlab, gitlab_url = standins
    began = time.monotonic()
    async with (
        asyncio.timeout(90),
        together(WORKERS, WORK, redis_url, slack_url, BOT_KEY, gitlab_url, GITLAB_KEY) as workers,
    ):
        await all_say(workers, "ready")
        for worker in workers:
            go(worker)
        await all_say(workers, "done")
    seconds = time.monotonic() - began

    updates = [one for one in slack.state.calls if one["method"] == "chat.update"]
    assert 0 < len(updates) <= allowed(MESSAGE, seconds), "one message, whoever updates it"
    asked = len(gitlab.state.faults.calls)
    assert asked >= WORKERS * 30, "the calls that wait are made in the end"
    assert asked <= allowed(GITLAB, seconds)
