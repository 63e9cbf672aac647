"""Two workers, a clock that jumps over changes of summer time, crashes: the backlog keeps its promises."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jobs.domain.operating import BacklogTable
from jobs.domain.overlap import overlaps
from jobs.domain.people import Person
from jobs.domain.plan import ANYTIME, Overlap, Plan, Priority, Until
from jobs.domain.review import MergeRequestState
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Paths
from jobs.domain.task import Task, TaskState, Thread, Waiting
from jobs.domain.verdict import VerdictStatus
from jobs.domain.wait import first_wait
from jobs.domain.window import Window
from jobs.queue import keys
from jobs.queue.backlog import Backlog, Start
from jobs.queue.connection import open_connection
from jobs.queue.places import Pool, in_lane, lane_of, place
from jobs.queue.store import Store
from jobs.queue.write import Lease
from jobs.settings import OperatorFile
from jobs.worker.moves import begun, cancelled, settled
from playground.redis_server import RedisServer
from tests.factories import a_merge_request, a_spec, a_task, a_verdict

T = TypeVar("T")
_S = TaskState
TONIGHT = Window(opens=time(22), closes=time(6), zone="Europe/Berlin")
OPERATOR = OperatorFile(backlog=BacklogTable(running=3, per_repository=2, windows={"tonight": TONIGHT}))
BEFORE_AUTUMN = datetime(2026, 10, 24, 18, 0, tzinfo=UTC)
WORKERS = ("w1", "w2")

plans = st.builds(
    Plan,
    priority=st.sampled_from(Priority),
    window=st.sampled_from([None, None, None, "tonight"]),
    not_before=st.sampled_from([None, None, *(BEFORE_AUTUMN + timedelta(hours=n) for n in (1, 7, 30))]),
    overlap=st.sampled_from(Overlap),
    until=st.sampled_from(Until),
)
paths = st.sampled_from([(), (), ("src/**",), ("src/tax/*",), ("docs/**",)])


class BacklogMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.connection = open_connection(self.url)
        self.clock = BEFORE_AUTUMN
        self.store = Store(self.connection, now=self.time)
        self.backlogs = {one: Backlog(self.store, OPERATOR, now=self.time) for one in WORKERS}
        self.leases: dict[str, Lease] = {}
        self.ids: list[str] = []
        self.now(self.connection.call("FLUSHALL"))

    def time(self) -> datetime:
        return self.clock

    def now(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        try:
            self.everything_comes_to_its_end()
        finally:
            self.now(self.connection.close())
            self.loop.close()

    @rule(
        person=st.sampled_from("ABC"),
        channel=st.sampled_from("XY"),
        repository=st.sampled_from(["pay/api", "pay/web"]),
        plan=plans,
        allow=paths,
        parents=st.lists(st.integers(0, 99), max_size=2),
    )
    def submit(
        self,
        person: str,
        channel: str,
        repository: str,
        plan: Plan,
        allow: tuple[str, ...],
        parents: list[int],
    ) -> None:
        named = tuple(dict.fromkeys(self.ids[n % len(self.ids)] for n in parents)) if self.ids else ()
        plan = plan.model_copy(update={"depends_on": named})
        waiting, waits = first_wait(plan, OPERATOR.backlog.windows, self.clock)
        task = a_task(
            origin=f"machine/{len(self.ids)}",
            spec=a_spec(repository=repository, paths=Paths(allow=allow)),
            requester=Person(id=person),
            thread=Thread(channel=channel, ts="1.1"),
            plan=plan,
            waiting=waiting,
            waits=waits,
            created_at=self.clock,
            updated_at=self.clock,
        )
        self.now(self.store.create(task))
        self.ids.append(task.id)

    @rule(minutes=st.sampled_from([1, 30, 60, 240, 600, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.clock += timedelta(minutes=minutes)

    @rule(
        to=st.sampled_from(
            [datetime(2027, 3, 28, 0, 59, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, tzinfo=UTC)]
        )
    )
    def the_clocks_are_about_to_change(self, to: datetime) -> None:
        self.clock = max(self.clock, to)

    @rule(worker=st.sampled_from(WORKERS))
    def work(self, worker: str) -> None:
        self.clock += timedelta(milliseconds=1)
        while self.now(self.backlogs[worker].look()):
            pass
        while (start := self.now(self.backlogs[worker].next())) is not None:
            self.take(worker, start)
        self.nothing_is_left_that_may_start()

    @rule()
    def two_workers_want_the_same_place(self) -> None:
        starts = [(one, self.now(self.backlogs[one].next())) for one in WORKERS]
        taken = [self.take(one, start) for one, start in starts if start is not None]
        assert taken in ([], [True], [True, False])

    @rule(choice=st.integers(0, 99))
    def a_worker_is_lost_and_another_goes_on(self, choice: int) -> None:
        task = self.one_of(choice, _S.RUNNING)
        if task is not None:
            self.now(self.connection.call("DEL", keys.lease(task.id)))
            self.resume(task, "w2")

    @rule(
        choice=st.integers(0, 99),
        end=st.sampled_from([RunState.DELIVERED, RunState.REJECTED, RunState.STOPPED]),
    )
    def a_run_ends(self, choice: int, end: RunState) -> None:
        task = self.one_of(choice, _S.RUNNING)
        if task is not None:
            self.end(task, end)

    @rule(choice=st.integers(0, 99), state=st.sampled_from([_S.MERGED, _S.CLOSED]))
    def a_person_decides(self, choice: int, state: TaskState) -> None:
        task = self.one_of(choice, _S.IN_REVIEW)
        if task is not None:
            self.decide(task, state)

    @rule(choice=st.integers(0, 99))
    def somebody_cancels_a_waiting_task(self, choice: int) -> None:
        task = self.one_of(choice, _S.WAITING)
        if task is not None:
            self.now(self.store.change(task.id, lambda now: cancelled(now, Person(id="A"))[0]))

    @rule(choice=st.integers(0, 99), priority=st.sampled_from(Priority))
    def somebody_changes_a_priority(self, choice: int, priority: Priority) -> None:
        task = self.one_of(choice, _S.WAITING)
        if task is not None:
            plan = task.plan.model_copy(update={"priority": priority})
            self.now(self.store.change(task.id, lambda now: now.note(plan=plan)))

    @rule()
    def reasons_are_brought_up_to_date(self) -> None:
        self.now(self.backlogs["w1"].explain())

    @invariant()
    def no_cap_is_exceeded_and_every_wait_has_its_reason(self) -> None:
        tasks = self.tasks()
        running = [task.spec.repository for task in tasks.values() if task.state is _S.RUNNING]
        assert len(running) <= 3
        assert all(running.count(one) <= 2 for one in running)
        assert all(task.waiting is not None for task in tasks.values() if task.state is _S.WAITING)

    def take(self, worker: str, start: Start) -> bool:
        before = self.tasks()
        taken = self.now(
            self.store.take(
                start.task, lambda now: begun(now, self.clock), owner=worker, seconds=600, terms=start.terms
            )
        )
        if taken is None:
            return False
        self.leases[start.task] = taken[1]
        self.it_was_allowed(before[start.task], before)
        return True

    def resume(self, task: Task, worker: str) -> None:
        taken = self.now(
            self.store.take(task.id, lambda now: begun(now, self.clock), owner=worker, seconds=600)
        )
        assert taken is not None
        self.leases[task.id] = taken[1]

    def end(self, task: Task, end: RunState) -> None:
        run = task.run
        assert run is not None
        for state in (RunState.GENERATING, RunState.VERIFYING, RunState.OPENING, RunState.DELIVERED):
            if end is not RunState.DELIVERED and state is RunState.OPENING:
                break
            facts: dict[str, object] = {"verdict": a_verdict()} if state is RunState.OPENING else {}
            facts |= {"merge_request": a_merge_request()} if state is RunState.DELIVERED else {}
            run = run.to(state, **facts)
            self.note(task.id, run)
        if end is not RunState.DELIVERED:
            self.note(task.id, run.to(end))
        self.now(self.connection.call("DEL", keys.lease(task.id)))

    def note(self, task_id: str, run: Run) -> None:
        lease = self.leases[task_id]
        self.now(self.store.change(task_id, lambda now: settled(now, run, self.clock), lease=lease))

    def decide(self, task: Task, state: TaskState) -> None:
        ended = MergeRequestState.MERGED if state is _S.MERGED else MergeRequestState.CLOSED
        request = a_merge_request(state=ended)
        self.now(self.store.change(task.id, lambda now: now.to(state, merge_request=request)))

    def it_was_allowed(self, task: Task, tasks: dict[str, Task]) -> None:
        assert _due(task, tasks, self.clock)
        in_front = [one for one in tasks.values() if in_lane(one) and _neighbours(one, task)]
        assert not [one for one in in_front if place(one) < place(task) and _free(one, tasks, self.clock)]
        assert not _in_the_way(task, tasks)

    def nothing_is_left_that_may_start(self) -> None:
        tasks = self.tasks()
        running = [task.spec.repository for task in tasks.values() if task.state is _S.RUNNING]
        for task in tasks.values():
            full = len(running) >= 3 or running.count(task.spec.repository) >= 2
            if task.state is _S.WAITING and not full:
                assert not _free(task, tasks, self.clock), f"{task.id} waits for {task.waiting}"

    def everything_comes_to_its_end(self) -> None:
        for _ in range(60):
            self.work("w1")
            tasks = self.tasks().values()
            for task in tasks:
                if task.state is _S.RUNNING:
                    self.end(task, RunState.DELIVERED)
                elif task.state is _S.IN_REVIEW:
                    self.decide(task, _S.MERGED)
            left = [task for task in tasks if task.state in (_S.WAITING, _S.RUNNING, _S.IN_REVIEW)]
            if _parked(left):
                break
            moment = self.now(self.backlogs["w2"].next_moment())
            self.clock = max(self.clock, moment or self.clock)
        else:
            raise AssertionError(f"still waiting: {[(one.id, one.waiting) for one in left]}")
        for name in (keys.READY, keys.POOLS, keys.running("*"), keys.running("pay/api")):
            assert not self.now(self.connection.call("EXISTS", name)), name

    def one_of(self, choice: int, state: TaskState) -> Task | None:
        found = [task for task in self.tasks().values() if task.state is state]
        return found[choice % len(found)] if found else None

    def tasks(self) -> dict[str, Task]:
        async def read() -> dict[str, Task]:
            found = [await self.store.get(one) for one in self.ids]
            return {task.id: task for task in found if task is not None}

        return self.now(read())


def _done(parent: Task, until: Until) -> bool:
    if parent.state is _S.MERGED:
        return True
    if until is Until.OPENED:
        return parent.opened and parent.state in (_S.IN_REVIEW, _S.WAITING)
    verdict = parent.run.verdict if parent.run else None
    passed = verdict is not None and verdict.status is VerdictStatus.PASSED
    return until is Until.VERIFIED and parent.state is _S.IN_REVIEW and passed


def _parked(left: list[Task]) -> bool:
    """All that is left waits for a parent that was lost, or for a task that does."""
    ids = {task.id for task in left}
    return all(
        task.waiting is Waiting.PARENT
        or (task.waiting is Waiting.DEPENDENCY and not ids.isdisjoint(task.plan.depends_on))
        for task in left
    )


def _neighbours(one: Task, other: Task) -> bool:
    return (lane_of(one), Pool.of(one)) == (lane_of(other), Pool.of(other))


def _free(task: Task, tasks: dict[str, Task], now: datetime) -> bool:
    return _due(task, tasks, now) and not _in_the_way(task, tasks)


def _due(task: Task, tasks: dict[str, Task], now: datetime) -> bool:
    plan = task.plan
    if plan.window not in (None, ANYTIME) and not TONIGHT.open_at(now):
        return False
    if task.opened and not plan.stack:
        return True  # what its first run had to wait for is over
    due = plan.not_before is None or plan.not_before <= now
    return due and all(_done(tasks[one], plan.until) for one in plan.depends_on)


def _in_the_way(task: Task, tasks: dict[str, Task]) -> list[str]:
    if task.plan.overlap is Overlap.IGNORE or _standing(task):
        return []  # with its own merge request open it was there first
    return [
        other.id
        for other in tasks.values()
        if (other.state is _S.RUNNING or (_standing(other) and task.plan.overlap is not Overlap.STACK))
        and other.id not in (task.id, *task.plan.depends_on)
        and other.spec.repository == task.spec.repository
        and overlaps(task.spec.paths.allow, other.spec.paths.allow)
    ]


def _standing(task: Task) -> bool:
    return task.opened and task.state in (_S.IN_REVIEW, _S.WAITING)


def test_the_backlog_under_two_workers(redis_process: RedisServer) -> None:
    BacklogMachine.url = redis_process.url
    run_state_machine_as_test(
        BacklogMachine,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
