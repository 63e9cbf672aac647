"""Two workers, a bot and crashes in any order: epochs hold, indexes agree, chains stay whole."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jobs.domain.event import first_broken
from jobs.domain.people import Person
from jobs.domain.run import RUN_MOVES, RunState
from jobs.domain.task import TaskState, Thread
from jobs.errors import LostLease
from jobs.queue import keys, lease
from jobs.queue.connection import open_connection
from jobs.queue.store import Move, Store
from jobs.queue.write import Lease
from jobs.worker.moves import AGAIN, begun, cancelled, retried, settled
from playground.redis_server import RedisServer
from tests.factories import a_merge_request, a_task

T = TypeVar("T")
WORKERS = st.sampled_from(["w1", "w2"])


class StoreMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.connection = open_connection(self.url)
        self.store = Store(self.connection)
        self.now(self.connection.call("FLUSHALL"))
        self.task, _ = self.now(self.store.create(a_task()))
        self.leases: dict[str, Lease] = {}
        self.epoch = 0
        self.alive = False
        self.writes = 1

    def now(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        self.now(self.connection.close())
        self.loop.close()

    @rule(worker=WORKERS)
    def take(self, worker: str) -> None:
        taken = self.now(
            self.store.take(
                self.task.id, lambda task: begun(task, datetime.now(UTC)), owner=worker, seconds=60
            )
        )
        possible = self.task.state in (TaskState.WAITING, TaskState.RUNNING) and not self.alive
        assert (taken is not None) == possible
        if taken is not None:
            self.task, self.leases[worker], _ = taken
            self.epoch += 1
            self.alive = True
            self.writes += 1
            assert self.leases[worker].epoch == self.epoch

    @precondition(lambda self: self.alive)
    @rule()
    def the_lease_runs_out(self) -> None:
        self.now(self.connection.call("DEL", keys.lease(self.task.id)))
        self.alive = False

    @rule(worker=WORKERS)
    def renew(self, worker: str) -> None:
        held = self.leases.get(worker)
        if held is not None:
            lost = self.now(lease.renew(self.connection, [held], seconds=60))
            assert bool(lost) == (held.epoch != self.epoch)
            self.alive = self.alive or not lost

    @rule(worker=WORKERS)
    def release(self, worker: str) -> None:
        held = self.leases.get(worker)
        if held is not None and self.now(lease.release(self.connection, held)):
            assert held.epoch == self.epoch
            self.alive = False

    @rule(worker=WORKERS, choice=st.integers(0, 10))
    def move_the_run(self, worker: str, choice: int) -> None:
        held, run = self.leases.get(worker), self.task.run
        if held is None or run is None or run.ended:
            return
        states = sorted(RUN_MOVES[run.state])
        state = states[choice % len(states)]
        facts = {"merge_request": a_merge_request()} if state is RunState.DELIVERED else {}
        self.write(lambda task: settled(task, run.to(state, **facts), datetime.now(UTC)), held)

    @rule(worker=WORKERS, step=st.text(max_size=20))
    def note(self, worker: str, step: str) -> None:
        held, run = self.leases.get(worker), self.task.run
        if held is not None and run is not None and not run.ended:
            self.write(lambda task: task.note(run=run.note(step=step)), held)

    @rule(ts=st.sampled_from(["1.1", "2.2"]))
    def the_bot_posts_the_head(self, ts: str) -> None:
        self.write(lambda task: task.note(thread=Thread(channel="C0PAY", ts=ts)), None)

    @rule()
    def somebody_cancels(self) -> None:
        self.write(lambda task: cancelled(task, Person(id="U0ANA"))[0].note(), None)

    @precondition(lambda self: self.task.state in AGAIN)
    @rule()
    def somebody_retries(self) -> None:
        self.write(lambda task: retried(task)[0], None)

    def write(self, move: Move, held: Lease | None) -> None:
        stale = held is not None and held.epoch != self.epoch
        try:
            self.task = self.now(self.store.change(self.task.id, move, lease=held))
        except LostLease:
            assert stale
            return
        assert not stale
        self.writes += 1

    @invariant()
    def what_is_stored_is_what_was_written(self) -> None:
        stored = self.now(self.store.stored(self.task.id))
        assert stored is not None
        assert stored.task == self.task
        assert (stored.epoch, stored.rev) == (self.epoch, self.writes)

    @invariant()
    def the_chain_has_one_event_per_write(self) -> None:
        history = self.now(self.store.history(self.task.id))
        assert first_broken(history) is None
        assert len(history) == self.writes

    @invariant()
    def the_indexes_agree(self) -> None:
        names = [keys.by_state(state) for state in TaskState]
        scores = self.now(self.connection.many([("ZSCORE", name, self.task.id) for name in names]))
        found = [state for state, score in zip(TaskState, scores, strict=True) if score is not None]
        assert found == [self.task.state]
        ready = self.now(self.connection.call("ZSCORE", keys.READY, self.task.id)) is not None
        assert ready == (self.task.state is TaskState.WAITING)


def test_the_store_under_two_workers(redis_process: RedisServer) -> None:
    StoreMachine.url = redis_process.url
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
