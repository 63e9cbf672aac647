"""What lives in a channel that stops being its repository's is not told there any more; who asked is."""

from collections.abc import Collection, Mapping

import pytest

from jobs import messages
from jobs.adapters.discreet import DiscreetMessenger
from jobs.domain.batch import Batch, Membership
from jobs.domain.news import News, NewsKind
from jobs.domain.people import Person
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.errors import Unreachable
from jobs.ports import Messenger
from jobs.queue import batches
from jobs.queue.owners import Owners
from jobs.queue.store import Store
from jobs.settings import OperatorFile
from jobs.stages.thread import announce, put_change
from jobs.worker.batches import tell_batches
from jobs.worker.speaker import say
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_task, a_verdict
from tests.worker.fakes import FakeMessenger


class Channels:
    """What Slack knows of channels."""

    def __init__(self, *shared: str) -> None:
        self._shared = shared

    async def shared(self, channel: str) -> bool:
        return channel in self._shared

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return {}


def operated(**channels: tuple[str, ...]) -> OperatorFile:
    known = {f"payments/{name}": {"channels": list(listed)} for name, listed in channels.items()}
    return OperatorFile.model_validate({"repositories": known})


def discreet(store: Store, fake: FakeMessenger, operator: OperatorFile, *shared: str) -> Messenger:
    owners = Owners(store, operator)
    return DiscreetMessenger(fake, Channels(*shared), stranger=owners.stranger)


def reviewed() -> Task:
    task = a_task(state=TaskState.IN_REVIEW, waiting=None)
    run = a_run(task, state=RunState.DELIVERED, round=1, ended_at=NOON, patch=a_patch(), verdict=a_verdict())
    return task.note(run=run, runs=1, merge_request=a_merge_request())


@pytest.mark.parametrize(
    ("operator", "shared", "why"),
    [
        (operated(api=("C0PAY",)), (), ""),
        (operated(api=("C0NEW",)), (), "payments/api does not belong to that channel"),
        (operated(other=("C0PAY",)), (), "payments/api does not belong to that channel"),
        (operated(api=("C0PAY",)), ("C0PAY",), "shared with another organisation"),
    ],
    ids=["its own", "moved", "another repository's", "shared"],
)
async def test_a_thread_is_silent_where_its_repository_may_not_be_shown(
    store: Store, operator: OperatorFile, shared: tuple[str, ...], why: str
) -> None:
    fake, (task, _) = FakeMessenger(), await store.create(reviewed())
    messenger = discreet(store, fake, operator, *shared)
    news = (News(id="n1", kind=NewsKind.APPROVED, at=NOON),)
    refused = []
    for told in (
        say(task, store=store, announce=announce, messenger=messenger),
        messenger.put(messages.news(task.note(thread={"channel": "C0PAY", "ts": "1.0"}), news, {})),
        put_change(task, task.run or a_run(task), "1.0", messenger),
    ):
        try:
            await told
        except Unreachable as silent:
            refused.append(str(silent))
    assert [why in one for one in refused] == ([True] * 3 if why else [])
    assert bool(fake.texts) is not bool(why)
    assert [(who, why in text) for who, text in fake.told] == ([("U0ANA", True)] if why else [])


async def test_a_batch_is_told_only_where_all_its_repositories_belong(store: Store) -> None:
    fake, own = FakeMessenger(), Membership(id="cb-00000001", name="one")
    tasks = [a_task(origin=one, batch=own) for one in ("first", "second")]
    tasks[1] = tasks[1].note(spec=tasks[1].spec.model_copy(update={"repository": "payments/ledger"}))
    batch = Batch(
        id=own.id,
        title="Two",
        requester=Person(id="U0ANA"),
        channel="C0PAY",
        tasks=tuple(one.id for one in tasks),
        created_at=NOON,
    )
    await batches.create(store, batch, tasks)
    await tell_batches(store, discreet(store, fake, operated(api=("C0PAY",), ledger=("C0NEW",))))

    assert fake.texts == []
    [(person, text)] = fake.told
    assert person == "U0ANA" and "payments/ledger does not belong to that channel" in text
