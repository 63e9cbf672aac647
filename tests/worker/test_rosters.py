"""User groups become people: published by a worker, kept while Slack does not answer, used for acts."""

import logging
from collections.abc import Collection, Mapping

import pytest

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.task import TaskState
from jobs.errors import Transient
from jobs.queue import roster
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.settings import OperatorFile, RepositorySettings
from jobs.worker.acts import run_act
from jobs.worker.rosters import RosterDesk
from tests.factories import NOON, a_task
from tests.fakes import FakeReview
from tests.worker.fakes import FakeMessenger

OPERATOR = OperatorFile(
    operators=("@on-call",), repositories={"payments/api": RepositorySettings(maintainers=("S0REV",))}
)


class FakeGroups:
    fault: Exception | None = None

    async def shared(self, channel: str) -> bool:
        return False

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        if self.fault:
            raise self.fault
        return {one: ("U0BEN",) for one in named if one == "S0REV"}


async def test_members_are_published_and_a_group_that_is_not_there_is_named(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert await RosterDesk(store, FakeGroups(), OPERATOR).publish()
    assert await roster.members(store.connection) == {"S0REV": ("U0BEN",)}
    assert "the user group @on-call of codegen.toml is not in this Slack" in caplog.text


async def test_the_last_list_stays_while_slack_does_not_answer(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    groups = FakeGroups()
    desk = RosterDesk(store, groups, OPERATOR)
    await desk.publish()
    groups.fault = Transient("Slack answered 503.", retry_after=1.0)
    with caplog.at_level(logging.WARNING):
        assert not await desk.publish()
    assert await roster.members(store.connection) == {"S0REV": ("U0BEN",)}
    assert "last known members keep their roles" in caplog.text


@pytest.mark.parametrize(("person", "state"), [("U0BEN", TaskState.CANCELLED), ("U0DAN", TaskState.WAITING)])
async def test_a_worker_carries_out_what_a_member_asks_for(
    store: Store, queue: Queue, person: str, state: TaskState
) -> None:
    await RosterDesk(store, FakeGroups(), OPERATOR).publish()
    task, _ = await store.create(a_task())
    act = Act(id="click", task=task.id, kind=ActKind.CANCEL, person=Person(id=person), payload={}, at=NOON)
    await queue.act(act)
    done = await run_act(
        "click",
        store=store,
        queue=queue,
        operator=await roster.resolved(store.connection, OPERATOR),
        review=FakeReview(),
        messenger=FakeMessenger(),
    )
    assert done is not None
    assert done.state is state
