"""A channel's morning: one message, whoever was down, never in a channel that it may not be told in."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import pytest

from jobs.domain.reviewing import ChannelTable
from jobs.domain.run import RunState
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState
from jobs.errors import Transient
from jobs.ports import Message
from jobs.queue.store import Store
from jobs.settings import OperatorFile, RepositorySettings
from jobs.worker.mornings import MorningDesk
from tests.domain.test_morning import ended
from tests.factories import NOON, a_spec
from tests.worker.fakes import FakeMessenger

MORNING = datetime.fromisoformat("2026-11-02T07:30:00+01:00")
OPERATOR = OperatorFile(
    repositories={"payments/api": RepositorySettings(channels=("C0PAY",))},
    channels={"C0PAY": ChannelTable(digest="07:30", remind="2 days", zone="Europe/Berlin")},
    people={"ana": "U0ANA"},
)


class FakeDirectory:
    def __init__(self, *, internal: bool = True) -> None:
        self.is_internal = internal

    async def shared(self, channel: str) -> bool:
        return not self.is_internal

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return {}


@pytest.fixture
def messenger() -> FakeMessenger:
    return FakeMessenger()


def desk(
    store: Store, messenger: FakeMessenger, *, operator: OperatorFile = OPERATOR, internal: bool = True
) -> MorningDesk:
    return MorningDesk(store, messenger, operator=operator, directory=FakeDirectory(internal=internal))


async def kept(store: Store, *tasks: Task) -> None:
    for one in tasks:
        await store.create(one)


def overnight(number: int, state: TaskState = TaskState.IN_REVIEW, **fields: object) -> Task:
    run = RunState.DELIVERED if state is TaskState.IN_REVIEW else RunState.STOPPED
    return ended(number, state, run, hours=9, **fields)  # 03:00 UTC


def text_of(message: Message) -> str:
    return "\n".join(str(one) for one in message.blocks)


async def test_the_night_is_told_once(store: Store, messenger: FakeMessenger) -> None:
    await kept(store, overnight(1), overnight(2, TaskState.STOPPED))
    for minutes in (-1, 0, 1, 90):
        await desk(store, messenger).tell(MORNING + timedelta(minutes=minutes))
    (message,) = messenger.versions
    assert message.key == "morning/C0PAY/2026-11-02"
    assert message.text.startswith("Good morning. 1 ready to review in about ")
    assert "1 did not get there" in message.text
    assert "|!1>" in text_of(message)
    assert "https://slack.example/C0PAY/" in text_of(message)


async def test_a_quiet_night_is_not_told(store: Store, messenger: FakeMessenger) -> None:
    await desk(store, messenger).tell(MORNING)
    assert messenger.versions == []


async def test_two_workers_tell_it_once(store: Store, messenger: FakeMessenger) -> None:
    await kept(store, overnight(1))
    one, other = desk(store, messenger), desk(store, messenger)
    await one.tell(MORNING)
    await other.tell(MORNING)
    assert len(messenger.versions) == 1


async def test_a_worker_that_was_down_tells_it_late_but_not_too_late(
    store: Store, messenger: FakeMessenger
) -> None:
    await kept(store, overnight(1))
    await desk(store, messenger).tell(MORNING + timedelta(hours=4, minutes=1))
    assert messenger.versions == []
    await desk(store, messenger).tell(MORNING + timedelta(hours=3, minutes=59))
    assert len(messenger.versions) == 1


async def test_the_next_morning_reaches_back_to_the_last(store: Store, messenger: FakeMessenger) -> None:
    await kept(store, overnight(1))
    await desk(store, messenger).tell(MORNING)
    later = ended(2, TaskState.IN_REVIEW, RunState.DELIVERED, hours=3)  # 09:00 UTC, after the morning
    await kept(store, later)
    await desk(store, messenger).tell(MORNING + timedelta(days=1))
    assert ["|!2>" in text_of(one) for one in messenger.versions] == [False, True]
    assert "|!1>" not in text_of(messenger.versions[1])


async def test_what_slack_does_not_take_is_told_a_little_later(
    store: Store, messenger: FakeMessenger
) -> None:
    await kept(store, overnight(1))
    messenger.fault = Transient("Slack answered 503.", retry_after=1.0)
    await desk(store, messenger).tell(MORNING)
    messenger.fault = None
    await desk(store, messenger).tell(MORNING + timedelta(minutes=1))
    assert [one.key for one in messenger.versions] == ["morning/C0PAY/2026-11-02"]


async def test_reviews_that_wait_call_who_was_asked(store: Store, messenger: FakeMessenger) -> None:
    standing = Standing(reviewers=("ana", "zoe"))
    await kept(store, ended(1, TaskState.IN_REVIEW, RunState.DELIVERED, hours=140, standing=standing))
    await desk(store, messenger).tell(MORNING)
    (message,) = messenger.versions
    assert message.text == "Good morning. 1 review has waited long."
    assert "5 days: <@U0ANA>, zoe" in text_of(message)


@pytest.mark.parametrize("internal", [True, False])
async def test_nothing_is_told_where_it_may_not_be(
    store: Store, messenger: FakeMessenger, internal: bool, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = overnight(1, spec=a_spec(repository="web/shop", title="Another team's secret"))
    await kept(store, foreign, *([] if internal else [overnight(2)]))
    with caplog.at_level(logging.WARNING):
        await desk(store, messenger, internal=internal).tell(MORNING)
    assert messenger.versions == []
    assert internal or "channel C0PAY is shared or out of reach" in caplog.text


def test_the_night_of_these_tests_is_before_noon() -> None:
    assert NOON - timedelta(hours=9) < MORNING < NOON
