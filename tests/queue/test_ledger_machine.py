"""Runs that begin, crash, resume, end and are tried again, over the turn of a month: no cent is lost."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jobs.domain.batch import Membership
from jobs.domain.budget import Cap, Spend
from jobs.domain.ledger import BudgetTable, Limit, Measure
from jobs.domain.people import Person
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.errors import LostLease
from jobs.queue import accounts, keys
from jobs.queue.backlog.purse import Reserved
from jobs.queue.budget import Ledger
from jobs.queue.connection import open_connection
from jobs.queue.store import Store
from jobs.queue.write import Lease, Terms
from jobs.worker.moves import AGAIN, begun, cancelled, retried, settled
from playground.redis_server import RedisServer
from tests.factories import a_task

T = TypeVar("T")
TASKS = st.integers(0, 4)
TABLE = BudgetTable(
    zone="Europe/Berlin",
    month=Limit(usd=Decimal(12)),
    person=Limit(usd=Decimal(8), tokens=900),
    task=Limit(usd=Decimal(9)),
)
CAPS = (1, 2, 3, 5, 7)


class LedgerMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.connection = open_connection(self.url)
        self.store = Store(self.connection)
        self.clock = datetime(2026, 11, 29, 12, tzinfo=UTC)
        self.ledger = Ledger(self.store, TABLE, now=lambda: self.clock)
        self.now(self.connection.call("FLUSHALL"))
        self.tasks = [self.now(self.store.create(self.a_task(number)))[0] for number in range(len(CAPS))]
        self.leases: dict[str, Lease] = {}
        self.reserved: dict[str, Terms] = {}
        self.expected_held: dict[str, tuple[tuple[str, ...], int]] = {}
        self.expected_spent: Counter[str] = Counter()

    def a_task(self, number: int) -> Task:
        batch = Membership(id="cb-1", name=f"t{number}", budget=Limit(usd=Decimal(10)), parallel=2)
        return a_task(
            origin=f"T/{number}",
            requester=Person(id=f"U{number % 2}"),
            cap=Cap(usd=Decimal(CAPS[number]), tokens=CAPS[number] * 100),
            batch=batch if number < 3 else None,
        )

    def now(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        self.now(self.connection.close())
        self.loop.close()

    @rule(number=TASKS)
    def look(self, number: int) -> None:
        """A worker asks and may act on the answer much later."""
        task = self.tasks[number]
        self.reserved.pop(task.id, None)
        if task.state is TaskState.WAITING:
            answer = self.now(self.ledger.reserve(task))
            if isinstance(answer, Reserved):
                self.reserved[task.id] = answer.terms

    @rule(number=TASKS, fresh=st.booleans())
    def start(self, number: int, fresh: bool) -> None:
        if fresh:
            self.look(number)
        task = self.tasks[number]
        terms = self.reserved.pop(task.id, None)
        if terms is None:
            return
        moment = self.clock
        taken = self.now(
            self.store.take(task.id, lambda now: begun(now, moment), owner="w", seconds=60, terms=terms)
            if task.state is TaskState.WAITING
            else _nothing()
        )
        assert taken is not None or not fresh
        if taken is not None:
            self.tasks[number], self.leases[task.id], _ = taken
            names = [
                name for name in terms.also if name[0] == "HSET" and str(name[1]).startswith("cg:budget:run")
            ]
            run = taken[0].run
            assert run is not None
            self.expected_held[run.id] = (tuple(str(names[0][3]).split("\n")), CAPS[number] * 1_000_000)

    @rule(one=TASKS, other=TASKS)
    def race(self, one: int, other: int) -> None:
        """Two workers look at the same moment, then both start."""
        self.look(one)
        self.look(other)
        self.start(one, False)
        self.start(other, False)

    @rule(number=TASKS)
    def crash_and_resume(self, number: int) -> None:
        task = self.tasks[number]
        if task.state is TaskState.RUNNING:
            self.now(self.connection.call("DEL", keys.lease(task.id)))
            taken = self.now(
                self.store.take(task.id, lambda now: begun(now, self.clock), owner="w2", seconds=60)
            )
            assert taken is not None
            stale = self.leases[task.id]
            self.tasks[number], self.leases[task.id], _ = taken
            try:
                self.now(
                    self.store.change(task.id, lambda now: self.ended(now, "0", RunState.FAILED), lease=stale)
                )
            except LostLease:
                return
            raise AssertionError("whoever lost the lease must not settle")

    @rule(
        number=TASKS,
        share=st.sampled_from(["0", "0.3", "1"]),
        state=st.sampled_from([RunState.STOPPED, RunState.FAILED, RunState.CANCELLED, RunState.SUPERSEDED]),
    )
    def end(self, number: int, share: str, state: RunState) -> None:
        task = self.tasks[number]
        if task.state is not TaskState.RUNNING or task.run is None:
            return
        lease = self.leases[task.id]
        self.tasks[number] = self.now(
            self.store.change(task.id, lambda now: self.ended(now, share, state), lease=lease)
        )
        names, _ = self.expected_held.pop(task.run.id)
        for name in names:
            self.expected_spent[name] += round(task.cap.usd * Decimal(share) * 1_000_000)

    def ended(self, task: Task, share: str, state: RunState) -> Task:
        assert task.run is not None
        tokens = round(task.cap.tokens * Decimal(share))
        spend = Spend(requests=1, usd=task.cap.usd * Decimal(share), input_tokens=tokens)
        return settled(task, task.run.to(state, spend=spend), self.clock)

    @rule(number=TASKS)
    def retry_or_cancel(self, number: int) -> None:
        task = self.tasks[number]
        if task.state in AGAIN:
            self.tasks[number] = self.now(self.store.change(task.id, lambda now: retried(now)[0]))
        elif task.state is TaskState.WAITING:
            person = Person(id="U0")
            self.tasks[number] = self.now(self.store.change(task.id, lambda now: cancelled(now, person)[0]))

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.clock += timedelta(days=days)

    @rule()
    def reconcile(self) -> None:
        assert self.now(self.ledger.release_lost()) == 0

    @invariant()
    def what_is_held_and_spent_is_what_runs_hold_and_spent(self) -> None:
        held: Counter[str] = Counter()
        for names, amount in self.expected_held.values():
            held.update(dict.fromkeys(names, amount))
        known = sorted({*held, *self.expected_spent})
        for name, balance in zip(known, self.now(self.ledger.balances(known)), strict=True):
            assert balance.held.get(Measure.USD, 0) == held[name], name
            assert balance.spent.get(Measure.USD, 0) == self.expected_spent[name], name

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        for task in self.tasks:
            of_task = self.ledger.accounts_of(task, self.clock)
            balances = self.now(self.ledger.balances([one.name for one in of_task]))
            for account, balance in zip(of_task, balances, strict=True):
                for measure, most in account.limit.items():
                    assert balance.held[measure] + balance.spent[measure] <= most, (account, measure)

    @invariant()
    def nothing_is_held_for_nobody(self) -> None:
        members = {one.decode() for one in self.now(self.connection.call("SMEMBERS", accounts.HELD))}
        assert members == set(self.expected_held)
        running = self.now(self.connection.call("SCARD", keys.running("batch:cb-1")))
        assert running == sum(one.state is TaskState.RUNNING for one in self.tasks[:3]) <= 2


async def _nothing() -> None:
    return None


def test_budgets_under_crashes_retries_and_a_new_month(redis_process: RedisServer) -> None:
    LedgerMachine.url = redis_process.url
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
