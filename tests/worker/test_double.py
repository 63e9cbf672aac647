"""A process frozen between looking for a message and posting it posts late: one message stays, the oldest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from jobs.adapters.slack import SlackMessenger
from jobs.domain.task import Task, TaskState, Thread
from jobs.queue import keys, posting
from jobs.queue.connection import Connection
from jobs.queue.posting import MarkingMessenger
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.speaker import say
from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.factories import a_task
from tests.worker.fakes import Fakes, announce, at_work, until

CHANNEL = "C0PAY"


@dataclass
class Frozen:
    """ports.Gate of a process that freezes right before it posts, and dies right after."""

    frozen: asyncio.Event = field(default_factory=asyncio.Event)
    wakes: asyncio.Event = field(default_factory=asyncio.Event)
    posted: asyncio.Event = field(default_factory=asyncio.Event)

    async def slack(self, method: str, *, channel: str = "", ts: str = "") -> None:
        if method == "chat.postMessage":
            self.frozen.set()
            await self.wakes.wait()
        elif self.wakes.is_set():
            self.posted.set()
            await asyncio.Event().wait()

    async def slack_limited(self, method: str, seconds: float, *, channel: str = "") -> None:
        raise AssertionError("nothing is limited here")

    async def gitlab(self, host: str, *, cost: int = 1) -> None:
        raise AssertionError("GitLab has no part in this")

    async def gitlab_limited(self, host: str, seconds: float) -> None:
        raise AssertionError("GitLab has no part in this")


@dataclass
class Slack:
    url: str
    ana: Person

    def messenger(self, gate: Frozen | None = None) -> SlackMessenger:
        return SlackMessenger(f"{self.url}/api/", SecretStr(BOT_KEY), gate=gate)

    async def heads(self) -> list[str]:
        """Timestamps of the head messages, oldest first."""
        shown = await self.ana.messages(CHANNEL)
        return sorted(str(one["ts"]) for one in shown)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    standin = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY)
    async with serving(standin.app) as url, Person(url, "U0ANA") as ana:
        yield Slack(url, ana)


async def aged(connection: Connection) -> None:
    """As if the marks had been left a while ago."""
    since = keys.micros(datetime.now(UTC) - posting.LOOK_AFTER)
    for line in await connection.call("ZRANGE", keys.POSTING, 0, -1):
        await connection.call("ZADD", keys.POSTING, since, line)


async def test_a_late_double_of_the_head_message_is_removed(
    store: Store, queue: Queue, connection: Connection, fakes: Fakes, slack: Slack
) -> None:
    task, _ = await store.create(a_task(thread=Thread(channel=CHANNEL)))
    gate = Frozen()
    late = MarkingMessenger(slack.messenger(gate), connection)
    frozen = asyncio.create_task(say(task, store=store, announce=announce, messenger=late))
    await gate.frozen.wait()

    sound = MarkingMessenger(slack.messenger(), connection)
    async with at_work(store, queue, replace(fakes.workshop(), messenger=sound)):
        await queue.submit(task.id)
        done = await until(store, task.id, _told_of_its_end)
        assert done.thread is not None
        (head,) = await slack.heads()
        assert head == done.thread.ts

        gate.wakes.set()
        await gate.posted.wait()
        frozen.cancel()
        await asyncio.wait({frozen})
        assert len(await slack.heads()) == 2, "Slack has no conditional post"

        await aged(connection)
        async with asyncio.timeout(20):
            while len(await slack.heads()) > 1:
                await connection.call("BLPOP", "test:nothing", 0.1)
    assert await slack.heads() == [head]
    now = await store.get(task.id)
    assert now is not None and now.thread is not None and now.thread.ts == head


def _told_of_its_end(task: Task) -> bool:
    return task.state is TaskState.IN_REVIEW and task.thread is not None and task.thread.ts is not None
