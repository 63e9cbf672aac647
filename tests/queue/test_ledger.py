"""Who may spend what, who waits, and who is next."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from jobs.domain.budget import Cap, Spend
from jobs.domain.ledger import BudgetTable, Limit, Measure
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState, Thread
from jobs.queue import accounts
from jobs.queue.backlog.purse import Reserved, Short
from jobs.queue.budget import Ledger
from jobs.queue.store import Store
from jobs.queue.write import Lease
from jobs.worker.moves import begun, cancelled, settled
from tests.factories import a_task

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Desk:
    """A worker's view: start, end, and what the ledger said."""

    def __init__(self, store: Store, **table: object) -> None:
        self.store = store
        self.now = NOW
        self.ledger = Ledger(store, BudgetTable.model_validate(table), now=lambda: self.now)
        self.leases: dict[str, Lease] = {}

    async def task(self, name: str, usd: str, **fields: object) -> Task:
        task = a_task(origin=name, cap=Cap(usd=Decimal(usd)), **fields)
        return (await self.store.create(task))[0]

    async def start(self, task: Task) -> Task | str:
        """The running task, or why it has to wait."""
        answer = await self.ledger.reserve(task)
        if isinstance(answer, Short):
            return answer.note
        taken = await self.store.take(
            task.id, lambda now: begun(now, self.now), owner="w", seconds=60, terms=answer.terms
        )
        assert taken is not None
        self.leases[task.id] = taken[1]
        return taken[0]

    async def end(self, task: Task, usd: str) -> Task:
        def move(now: Task) -> Task:
            assert now.run is not None
            spend = Spend(requests=1, usd=Decimal(usd))
            return settled(now, now.run.to(RunState.STOPPED, spend=spend), self.now)

        return await self.store.change(task.id, move, lease=self.leases[task.id])


async def test_a_run_holds_its_cap_and_gives_back_what_it_did_not_use(store: Store) -> None:
    desk = Desk(store, zone="Europe/Berlin", month=Limit(usd=Decimal(8)))
    one, other = await desk.task("one", "5"), await desk.task("other", "5")
    assert isinstance(await desk.start(one), Task)
    assert await desk.start(other) == (
        "The budget for the month has $2.00 too little while other tasks run; "
        "it starts when they give some back."
    )
    await desk.end(one, "1")
    assert isinstance(await desk.start(other), Task)


async def test_when_the_month_is_spent_the_next_one_is_named(store: Store) -> None:
    desk = Desk(store, zone="Europe/Berlin", month=Limit(usd=Decimal(8)))
    one, other = await desk.task("one", "5"), await desk.task("other", "5")
    running = await desk.start(one)
    assert isinstance(running, Task)
    await desk.end(running, "5")
    answer = await desk.ledger.reserve(other)
    assert isinstance(answer, Short)
    assert answer.note.endswith("too little for it until the next one begins.")
    assert answer.again == datetime(2026, 11, 30, 23, tzinfo=UTC)
    desk.now = answer.again
    assert isinstance(await desk.start(other), Task)


async def test_a_large_task_is_passed_once_then_it_is_next(store: Store) -> None:
    desk = Desk(store, channel=Limit(usd=Decimal(8)))
    first = await desk.task("first", "5")
    large, small, smaller = (
        await desk.task("large", "6"),
        await desk.task("small", "1"),
        await desk.task("smaller", "1"),
    )
    assert isinstance(await desk.start(first), Task)
    assert isinstance(await desk.start(large), str)
    passing = await desk.start(small)
    assert isinstance(passing, Task)
    assert await desk.start(smaller) == (
        f"This channel's budget for the month goes to `{large.id}` first: it is larger and was passed once."
    )
    await desk.end(passing, "0")
    assert isinstance(await desk.start(smaller), str)
    await desk.end(first, "0")
    assert isinstance(await desk.start(large), Task)
    assert isinstance(await desk.start(smaller), Task)


async def test_what_cannot_start_this_month_holds_up_nobody(store: Store) -> None:
    desk = Desk(store, month=Limit(usd=Decimal(8)))
    first = await desk.start(await desk.task("first", "5"))
    assert isinstance(first, Task)
    await desk.end(first, "5")
    assert isinstance(await desk.start(await desk.task("large", "6")), str)
    for number in range(3):
        assert isinstance(await desk.start(await desk.task(f"small{number}", "1")), Task)


async def test_who_is_cancelled_in_line_holds_up_nobody(store: Store) -> None:
    desk = Desk(store, month=Limit(usd=Decimal(8)))
    assert isinstance(await desk.start(await desk.task("first", "5")), Task)
    large = await desk.task("large", "6")
    assert isinstance(await desk.start(large), str)
    assert isinstance(await desk.start(await desk.task("small", "1")), Task)
    small = await desk.task("smaller", "1")
    assert isinstance(await desk.start(small), str)
    await store.change(large.id, lambda now: cancelled(now, large.requester)[0])
    assert isinstance(await desk.start(small), Task)


async def test_more_than_the_whole_budget_is_said_at_once(store: Store) -> None:
    desk = Desk(store, person=Limit(usd=Decimal(2)), people={"U0MAX": Limit(usd=Decimal(9))})
    assert await desk.start(await desk.task("one", "5")) == (
        "The requester's budget for the month is smaller than what this task may use; "
        "it asks for $3.00 more than there is in all. Lower its cap, or ask your operator."
    )


async def test_a_budget_that_is_not_renewed_says_so(store: Store) -> None:
    desk = Desk(store, task=Limit(usd=Decimal(6)))
    running = await desk.start(await desk.task("one", "5"))
    assert isinstance(running, Task)
    ended = await desk.end(running, "4")
    again = await store.change(ended.id, lambda now: now.to(TaskState.WAITING))
    assert await desk.start(again) == (
        "The budget of this task has $3.00 too little for it. "
        "Ask your operator to raise it, or lower the task's cap."
    )


async def test_settling_twice_changes_nothing(store: Store) -> None:
    desk = Desk(store, month=Limit(usd=Decimal(8)))
    running = await desk.start(await desk.task("one", "5"))
    assert isinstance(running, Task)
    await desk.end(running, "4.25")
    before = await desk.ledger.balances(["month::2026-11"])
    await accounts.settle(store.connection, f"{running.id}-r1", {})
    assert await desk.ledger.balances(["month::2026-11"]) == before
    assert before[0].spent[Measure.USD] == 4_250_000


async def test_what_is_held_for_a_run_that_is_gone_is_given_back(store: Store) -> None:
    desk = Desk(store, month=Limit(usd=Decimal(8)))
    running = await desk.start(await desk.task("one", "5", thread=Thread(channel="C0X")))
    assert isinstance(running, Task)
    assert await desk.ledger.release_lost() == 0
    await store.connection.call("DEL", f"cg:task:{running.id}")
    assert await desk.ledger.release_lost() == 1
    assert isinstance(await desk.start(await desk.task("other", "8")), Task)


@pytest.mark.parametrize(
    ("moment", "period", "renewal"),
    [
        ("2026-10-31T22:59:59+00:00", "2026-10", "2026-10-31T23:00:00+00:00"),
        ("2026-10-31T23:00:00+00:00", "2026-11", "2026-11-30T23:00:00+00:00"),
        ("2026-12-31T23:30:00+00:00", "2027-01", "2027-01-31T23:00:00+00:00"),
        ("2026-03-31T21:59:59+00:00", "2026-03", "2026-03-31T22:00:00+00:00"),
    ],
)
def test_months_are_the_operators(moment: str, period: str, renewal: str) -> None:
    table = BudgetTable(zone="Europe/Berlin")
    assert table.period(datetime.fromisoformat(moment)) == period
    assert table.renewal(datetime.fromisoformat(moment)) == datetime.fromisoformat(renewal)


async def test_two_workers_never_reserve_the_same_money(store: Store) -> None:
    desk = Desk(store, month=Limit(usd=Decimal(8)))
    tasks = [await desk.task(name, "5") for name in ("one", "other")]
    answers = [await desk.ledger.reserve(task) for task in tasks]
    taken = []
    for task, answer in zip(tasks, answers, strict=True):
        assert isinstance(answer, Reserved)
        taken.append(
            await store.take(
                task.id,
                lambda now: begun(now, NOW + timedelta(seconds=1)),
                owner="w",
                seconds=60,
                terms=answer.terms,
            )
        )
    assert [one is not None for one in taken] == [True, False]
