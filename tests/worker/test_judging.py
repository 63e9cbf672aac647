"""The change as a file and votes on whether it was useful: done once, whatever is clicked again."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import Check, CheckStatus
from jobs.domain.vote import tally
from jobs.errors import Stop, Transient
from jobs.messages import summary
from jobs.queue import acts, usefulness
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.settings import OperatorFile
from jobs.worker.acts import run_act
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_task, a_verdict
from tests.fakes import FakeReview
from tests.worker.fakes import FakeMessenger

OPERATOR = OperatorFile.model_validate({"repositories": {"payments/api": {"channels": ["C0PAY"]}}})


async def delivered(store: Store, **facts: object) -> Task:
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, merge_request=a_merge_request())
    run = {"state": RunState.DELIVERED, "ended_at": NOON, "patch": a_patch(), "verdict": a_verdict()}
    task, _ = await store.create(task.note(run=a_run(task, **(run | facts)), runs=1))
    return task


class Desk:
    """Clicks, carried out one after another."""

    def __init__(self, store: Store, queue: Queue, operator: OperatorFile = OPERATOR) -> None:
        self.messenger = FakeMessenger()
        self._store, self._queue, self._operator = store, queue, operator
        self._clicks = 0

    async def click(
        self, task: Task, kind: ActKind, *, person: str = "U0ANA", **payload: JsonValue
    ) -> tuple[Task, str | None]:
        self._clicks += 1
        who, when = Person(id=person), datetime.now(UTC)
        act = Act(id=f"1.{self._clicks}", task=task.id, kind=kind, person=who, payload=payload, at=when)
        await self._queue.act(act)
        await run_act(
            act.id,
            store=self._store,
            queue=self._queue,
            operator=self._operator,
            review=FakeReview(),
            messenger=self.messenger,
        )
        now = await self._store.get(task.id)
        assert now is not None
        return now, await acts.outcome(self._store.connection, act.id)


async def test_the_change_comes_into_the_thread_once(store: Store, queue: Queue) -> None:
    desk, task = Desk(store, queue), await delivered(store)

    task, outcome = await desk.click(task, ActKind.DIFF, run=1)
    desk.messenger.fault = AssertionError("nothing is uploaded twice")
    again, _ = await desk.click(task, ActKind.DIFF, person="U0BEN", run=1)

    assert outcome == "act.diff" and task.handed_over == again.handed_over
    assert task.handed_over is not None
    assert task.handed_over.url == f"https://slack.example/files/{task.id}-r1"
    assert desk.messenger.files == {f"{task.id}-r1": "diff --git …"}


@pytest.mark.parametrize(
    "facts",
    [
        {"patch": None},
        {"verdict": a_verdict(checks=(Check(name="secrets", status=CheckStatus.FAILED, summary="a token"),))},
        {"state": RunState.REJECTED, "merge_request": None},
    ],
    ids=("no change", "a secret in it", "attached already"),
)
async def test_a_change_that_must_not_be_shown_or_stands_there_is_not_uploaded(
    store: Store, queue: Queue, facts: dict[str, object]
) -> None:
    desk, task = Desk(store, queue), await delivered(store, **facts)

    _, outcome = await desk.click(task, ActKind.DIFF, run=1)

    assert (outcome, desk.messenger.files) == ("act.late", {})
    assert "run_diff" not in str(summary(task).blocks)


async def test_code_goes_into_the_repositorys_own_channels_only(store: Store, queue: Queue) -> None:
    elsewhere = OperatorFile.model_validate({"repositories": {"payments/api": {"channels": ["C0WEB"]}}})
    desk, task = Desk(store, queue, elsewhere), await delivered(store)

    _, outcome = await desk.click(task, ActKind.DIFF, run=1)

    assert (outcome, desk.messenger.files) == ("act.late", {})


async def test_a_file_that_slack_refuses_is_explained_to_whoever_asked(store: Store, queue: Queue) -> None:
    desk, task = Desk(store, queue), await delivered(store)
    desk.messenger.fault = Stop("The bot is not in the channel.", remedy="Invite the bot to the channel.")

    task, outcome = await desk.click(task, ActKind.DIFF, person="U0BEN", run=1)

    assert (outcome, task.handed_over) == ("act.refused", None)
    [(person, text)] = desk.messenger.told
    assert person == "U0BEN" and "The bot is not in the channel. Invite the bot" in text


async def test_a_file_that_slack_takes_later_stays_wanted(store: Store, queue: Queue) -> None:
    desk, task = Desk(store, queue), await delivered(store)
    desk.messenger.fault = Transient("Slack cannot be reached.")

    with pytest.raises(Transient):
        await desk.click(task, ActKind.DIFF, run=1)

    assert await acts.outcome(store.connection, "1.1") is None


async def test_everybody_has_one_vote_and_may_change_it(store: Store, queue: Queue) -> None:
    desk, task = Desk(store, queue), await delivered(store)

    await desk.click(task, ActKind.VOTE, run=1, useful=True)
    await desk.click(task, ActKind.VOTE, person="U0BEN", run=1, useful=True)
    task, outcome = await desk.click(task, ActKind.VOTE, person="U0BEN", run=1, useful=False)

    assert outcome == "act.vote"
    assert tally(task.votes, 1) == (1, 1)
    assert "1 said yes, 1 said no" in str(summary(task).blocks)
    [said] = await usefulness.sums(store.connection)
    assert (said.kind, said.repository) == ("bugfix", "payments/api")
    assert (said.useful, said.not_useful) == (1, 1)


async def test_a_vote_on_a_run_that_is_over_counts_for_nothing(store: Store, queue: Queue) -> None:
    desk, task = Desk(store, queue), await delivered(store, number=2)

    task, outcome = await desk.click(task, ActKind.VOTE, run=1, useful=True)

    assert (outcome, task.votes) == ("act.late", ())
