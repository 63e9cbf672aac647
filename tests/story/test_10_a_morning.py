"""A channel's morning, from what the bot heard to what people read: one message, after the quiet hours."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from jobs import messages
from jobs.adapters.slack import SlackMessenger
from jobs.adapters.slack_directory import SlackDirectory
from jobs.domain.reviewing import ChannelTable
from jobs.domain.run import RunState
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState, Thread, Waiting
from jobs.domain.verdict import Check, CheckStatus
from jobs.queue import people
from jobs.settings import OperatorFile
from jobs.worker.mornings import MorningDesk
from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.bot.world import OPERATOR, PAY, Bot, told
from tests.bot.world import running as bot_running
from tests.domain.test_morning import ended
from tests.factories import a_patch, a_spec, a_task, a_verdict

MORNING = datetime.fromisoformat("2026-11-02T08:00:00+01:00")
QUIET = ChannelTable(digest="07:30", remind="2 days", quiet="22:00-08:00", zone="Europe/Berlin")
CHANNEL = OPERATOR.model_copy(update={"channels": {PAY: QUIET}})


@dataclass
class Desk:
    bot: Bot
    messenger: SlackMessenger
    ben: Person
    url: str

    async def at(self, now: datetime, operator: OperatorFile = CHANNEL) -> list[str]:
        """What stands in the channel beside the tasks, after two workers looked at the clock."""
        for _ in range(2):
            directory = SlackDirectory(self.messenger)
            await MorningDesk(self.bot.store, self.messenger, operator=operator, directory=directory).tell(
                now
            )
        shown = await self.ben.messages(PAY)
        said = [one for one in shown if one["text"].startswith("Good morning.")]
        return ["\n".join(block["text"]["text"] for block in one["blocks"]) for one in said]

    async def talked_about(self, task: Task) -> Task:
        """The task, with its head message in the channel."""
        begun = task.note(thread=Thread(channel=PAY))
        ts = await self.messenger.put(messages.head(begun))
        kept, _ = await self.bot.store.create(begun.note(thread=Thread(channel=PAY, ts=ts)))
        return kept


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    standin = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY, clock=time.time)
    async with (
        serving(standin.app) as url,
        bot_running(slack_url=url, redis_url=redis_url) as bot,
        Person(url, "U0BEN") as ben,
    ):
        yield Desk(bot, SlackMessenger(f"{url}/api/", SecretStr(BOT_KEY)), ben, url)


def night(
    number: int, title: str, state: TaskState, *, files: int = 1, hours: float = 9, **run: object
) -> Task:
    """A task whose run has ended some hours before noon."""
    ends = {TaskState.IN_REVIEW: RunState.DELIVERED, TaskState.REJECTED: RunState.REJECTED}
    task = ended(number, state, ends.get(state, RunState.STOPPED), hours=hours, spec=a_spec(title=title))
    (one,) = a_patch().files
    patch = a_patch(files=tuple(one.model_copy(update={"path": f"src/{n}.py"}) for n in range(files)))
    assert task.run is not None
    return task.note(run=task.run.model_copy(update={"patch": patch, **run}))


async def test_what_came_of_the_night_stands_in_one_message_after_the_quiet_hours(desk: Desk) -> None:
    await desk.ben.command("link", PAY)
    code = next(word.strip("`") for word in (await told(desk.ben)).split() if word.startswith("`"))
    assert await people.link(desk.bot.store.connection, code, "ben") == "U0BEN"
    suite = Check(name="suite", status=CheckStatus.FAILED, summary="2 tests fail that passed before.")
    standing = Standing(reviewers=("ben", "zoe"))
    tasks = [
        night(1, "A large change", TaskState.IN_REVIEW, files=9),
        night(2, "A small change", TaskState.IN_REVIEW),
        night(3, "A wrong change", TaskState.REJECTED, verdict=a_verdict(checks=(suite,))),
        night(4, "No branch", TaskState.STOPPED, reason="There is no branch release/9 in payments/api."),
        night(5, "An old review", TaskState.IN_REVIEW, hours=140).note(standing=standing),
        a_task(origin="T/6", spec=a_spec(title="Not yet"), waiting=Waiting.BUDGET),
    ]
    for one in tasks:
        await desk.talked_about(one)

    assert await desk.at(MORNING - timedelta(minutes=15)) == [], "in the quiet hours"
    (text,) = await desk.at(MORNING)

    lead, *lines = text.splitlines()
    assert lead.startswith(
        "Good morning. 2 ready to review in about 14 min, 2 did not get there, 1 review has waited long"
    ), lead
    place = {title: next(n for n, line in enumerate(lines) if title in line) for title in titles(tasks)}
    assert sorted(place, key=lambda one: place[one]) == [
        "A small change",
        "A large change",
        "A wrong change",
        "No branch",
        "Not yet",
        "An old review",
    ]
    assert lines[place["A wrong change"]].endswith("suite: 2 tests fail that passed before.")
    assert "There is no branch release/9 in payments/api." in lines[place["No branch"]]
    assert lines[place["An old review"]].endswith(", 5 days: <@U0BEN>, zoe")
    assert all("/archives/C0PAY/p" in lines[row] for row in place.values()), "each leads to its thread"
    assert await desk.at(MORNING + timedelta(hours=2)) == [text], "said once"


def titles(tasks: list[Task]) -> list[str]:
    return [one.spec.title for one in tasks]
