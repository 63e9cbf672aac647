"""The backlog, told as what a team sees of it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from jobs.domain.operating import BacklogTable
from jobs.domain.people import Person
from jobs.domain.plan import Overlap, Plan, Priority, Until, Waits
from jobs.domain.run import RunState
from jobs.domain.spec import Paths
from jobs.domain.task import Task, TaskState, Thread, Waiting, task_id
from jobs.domain.wait import first_wait
from jobs.domain.window import Window
from jobs.errors import Refused
from jobs.queue import keys
from jobs.queue.backlog import Backlog, looking, order
from jobs.queue.backlog.purse import Reserved, Short
from jobs.queue.connection import Connection
from jobs.queue.store import Conflict, Store
from jobs.queue.write import Terms
from jobs.settings import OperatorFile, RepositorySettings
from jobs.worker.moves import begun, settled
from tests.factories import a_merge_request, a_spec, a_task, a_verdict

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
TONIGHT = Window(opens=time(22), closes=time(6), zone="Europe/Berlin")
TABLE = BacklogTable(windows={"tonight": TONIGHT})


class Team:
    """A backlog, its clock, and short ways to do what people and workers do."""

    def __init__(self, connection: Connection) -> None:
        self.clock = NOON
        self.store = Store(connection, now=lambda: self.clock)
        self.backlog = self.with_rules(OperatorFile(backlog=TABLE))
        self.count = 0

    def with_rules(self, operator: OperatorFile) -> Backlog:
        self.backlog = Backlog(self.store, operator, now=lambda: self.clock)
        return self.backlog

    async def asks(
        self, plan: Plan | None = None, *, person: str = "ana", channel: str = "C1", **spec: object
    ) -> Task:
        self.count += 1
        self.clock += timedelta(milliseconds=5)
        plan = plan or Plan()
        waiting, waits = first_wait(plan, TABLE.windows, self.clock)
        task = a_task(
            origin=f"team/{self.count}",
            spec=a_spec(**spec),
            requester=Person(id=person),
            thread=Thread(channel=channel, ts="1.1"),
            plan=plan,
            waiting=waiting,
            waits=waits,
            created_at=self.clock,
            updated_at=self.clock,
        )
        return (await self.store.create(task))[0]

    async def starts(self, *, at_most: int = 100, toolchains: tuple[str, ...] = ()) -> list[str]:
        """Ids of what starts now, in order."""
        while await self.backlog.look():
            pass
        started: list[str] = []
        while len(started) < at_most and (start := await self.backlog.next(toolchains)) is not None:
            taken = await self.store.take(
                start.task, lambda task: begun(task, self.clock), owner="w", seconds=60, terms=start.terms
            )
            started += [start.task] if taken else []
        return started

    async def ends(self, task: Task, end: RunState = RunState.DELIVERED) -> Task:
        def over(now: Task) -> Task:
            assert now.run is not None
            facts = {"state": end, "verdict": a_verdict()}
            facts |= {"merge_request": a_merge_request()} if end is RunState.DELIVERED else {}
            return settled(now, now.run.model_copy(update=facts), self.clock)

        for state in (RunState.GENERATING, RunState.VERIFYING, RunState.OPENING):
            await self.store.change(task.id, lambda now, to=state: _moved(now, to))  # type: ignore[misc]
            if end is not RunState.DELIVERED and state is RunState.VERIFYING:
                break
        await self.store.connection.call("DEL", keys.lease(task.id))
        return await self.store.change(task.id, over)

    async def merges(self, task: Task) -> Task:
        return await self.store.change(task.id, lambda now: now.to(TaskState.MERGED))

    async def wait_of(self, task: Task) -> tuple[Waiting | None, Waits | None]:
        now = await self.store.get(task.id)
        assert now is not None and now.state is TaskState.WAITING
        return now.waiting, now.waits


def _moved(task: Task, state: RunState) -> Task:
    assert task.run is not None
    return task.note(run=task.run.to(state))


@pytest.fixture
def team(connection: Connection) -> Team:
    return Team(connection)


async def test_an_evening_s_window_holds_tasks_back_and_wakes_them(team: Team) -> None:
    task = await team.asks(Plan(window="tonight"))
    assert await team.starts() == []
    assert await team.wait_of(task) == (
        Waiting.WINDOW,
        Waits(window="tonight", hours="22:00–06:00 Europe/Berlin"),
    )
    opens = await team.backlog.next_moment()
    assert opens == datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    team.clock = opens
    assert await team.starts() == [task.id]
    team.clock = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    late = await team.asks(Plan(window="tonight"))
    assert await team.starts() == [], "it closed; what runs goes on"
    assert (await team.wait_of(late))[0] is Waiting.WINDOW


async def test_a_set_time_is_waited_for(team: Team) -> None:
    due = NOON + timedelta(hours=3)
    task = await team.asks(Plan(not_before=due))
    assert await team.starts() == []
    assert await team.wait_of(task) == (Waiting.SCHEDULE, Waits(at=due))
    assert await team.backlog.next_moment() == due
    team.clock = due
    assert await team.starts() == [task.id]


async def test_a_child_waits_until_its_parent_is_verified_or_merged(team: Team) -> None:
    parent = await team.asks(title="Split the module")
    early = await team.asks(Plan(depends_on=(parent.id,)))
    late = await team.asks(Plan(depends_on=(parent.id,), until=Until.MERGED))
    assert await team.starts() == [parent.id]
    named = Waits(task=parent.id, title="Split the module")
    assert await team.wait_of(early) == (Waiting.DEPENDENCY, named)
    await team.ends(parent)
    assert await team.starts() == [early.id]
    await team.merges(parent)
    assert await team.starts() == [late.id]


async def test_a_failed_parent_parks_its_children_until_it_is_retried(team: Team) -> None:
    parent = await team.asks(title="Split the module")
    child = await team.asks(Plan(depends_on=(parent.id,)))
    await team.starts()
    await team.ends(parent, RunState.REJECTED)
    assert await team.starts() == []
    assert await team.wait_of(child) == (Waiting.PARENT, Waits(task=parent.id, title="Split the module"))
    await team.store.change(parent.id, lambda now: now.to(TaskState.WAITING))
    assert await team.starts() == [parent.id]
    assert (await team.wait_of(child))[0] is Waiting.DEPENDENCY


async def test_tasks_that_declare_the_same_paths_come_after_each_other(team: Team) -> None:
    tax = Paths(allow=("src/tax/**",))
    first = await team.asks(paths=tax, title="Round half up")
    serial = await team.asks(paths=Paths(allow=("src/**",)))
    stacked = await team.asks(Plan(overlap=Overlap.STACK), paths=tax)
    careless = await team.asks(Plan(overlap=Overlap.IGNORE), paths=tax)
    undeclared = await team.asks()
    assert await team.starts() == [first.id, careless.id, undeclared.id]
    assert await team.wait_of(serial) == (Waiting.OVERLAP, Waits(task=first.id, title="Round half up"))
    await team.ends(careless, RunState.STOPPED)
    await team.ends(first)
    assert await team.starts() == [stacked.id]
    await team.ends(stacked, RunState.STOPPED)
    await team.merges(first)
    assert await team.starts() == [serial.id]


async def test_caps_hold_for_everything_and_for_a_repository(team: Team) -> None:
    own = {"a/b": RepositorySettings(running=1)}
    team.with_rules(OperatorFile(backlog=BacklogTable(running=3, per_repository=2), repositories=own))
    one, two = [await team.asks(repository="a/b") for _ in range(2)]
    others = [await team.asks(repository="c/d") for _ in range(3)]
    assert await team.starts() == [one.id, others[0].id, others[1].id]
    await team.backlog.explain()
    assert (await team.wait_of(two))[0] is Waiting.CAP
    await team.ends(others[0])
    assert await team.starts() == [others[2].id]
    await team.ends(one)
    assert await team.starts() == [two.id]


async def test_two_workers_cannot_both_take_the_last_place(team: Team) -> None:
    team.with_rules(OperatorFile(backlog=BacklogTable(running=1)))
    await team.asks()
    await team.asks()
    first, second = await team.backlog.next(), await team.backlog.next()
    assert first is not None and second is not None
    got = [
        await team.store.take(
            one.task, lambda task: begun(task, team.clock), owner=owner, seconds=60, terms=one.terms
        )
        for owner, one in (("w1", first), ("w2", second))
    ]
    assert [one is not None for one in got] == [True, False]


async def test_turns_are_shared_between_people_and_between_channels(team: Team) -> None:
    many = [await team.asks(person="ana") for _ in range(6)]
    bob = [await team.asks(person="bob") for _ in range(2)]
    other = [await team.asks(person="cleo", channel="C2") for _ in range(4)]
    order_of = {task.id: task.requester.id for task in (*many, *bob, *other)}
    team.with_rules(OperatorFile(backlog=BacklogTable(running=12, per_repository=12)))
    started = [order_of[one] for one in await team.starts()]
    assert started[:8] == ["ana", "cleo", "bob", "cleo", "ana", "cleo", "bob", "cleo"]


async def test_a_priority_goes_first_but_starves_nobody(team: Team) -> None:
    team.with_rules(OperatorFile(backlog=BacklogTable(running=40, per_repository=40)))
    low = await team.asks(Plan(priority=Priority.LOW), person="bob")
    eager = [await team.asks(Plan(priority=Priority.HIGH)) for _ in range(12)]
    normal = await team.asks()
    started = await team.starts()
    assert started[0] == eager[0].id
    assert started.index(low.id) <= 5
    assert started[-1] == normal.id, "of one person's own tasks the higher priority is first"


async def test_a_task_for_a_toolchain_starts_where_there_is_one(team: Team) -> None:
    task = await team.asks(Plan(toolchain="go"))
    assert await team.starts() == []
    assert (await team.wait_of(task))[0] is Waiting.WORKER
    assert await team.starts(toolchains=("go",)) == [task.id]


async def test_a_recurring_task_writes_down_its_next_occurrence_once(team: Team) -> None:
    plan = Plan(every="0 9 * * mon", zone="Europe/Berlin")
    first = await team.asks(plan)
    assert await team.starts() == []
    assert (await team.wait_of(first))[1] == Waits(at=datetime(2026, 11, 30, 8, 0, tzinfo=UTC))
    team.clock = datetime(2026, 12, 16, 12, 0, tzinfo=UTC)
    assert await team.starts() == [first.id], "three Mondays were missed: one task catches up"
    second = await team.store.get(task_id(f"{first.origin}#1"))
    assert second is not None
    assert second.plan.not_before == datetime(2026, 12, 21, 8, 0, tzinfo=UTC)
    assert (second.waiting, second.thread) == (Waiting.SCHEDULE, Thread(channel="C1"))
    team.clock = datetime(2026, 12, 21, 8, 0, 20, tzinfo=UTC)
    assert await team.starts() == [second.id]
    assert len(await team.store.list()) == 3


async def test_a_cycle_is_refused_by_name(team: Team) -> None:
    parent = await team.asks()
    child = await team.asks(Plan(depends_on=(parent.id,)))
    with pytest.raises(Refused, match=f"{parent.id} → {child.id} → {parent.id}"):
        await order.checked(team.store, parent.id, [child.id])
    with pytest.raises(Refused, match="there is no task cg-00000000"):
        await order.checked(team.store, child.id, ["cg-00000000"])
    one = await order.checked(team.store, child.id, [parent.id])
    other = await order.checked(team.store, child.id, [parent.id])
    plan = child.plan
    await team.store.change(child.id, lambda now: now.note(plan=plan), terms=one)
    with pytest.raises(Conflict):
        await team.store.change(child.id, lambda now: now.note(plan=plan), terms=other)


class OneDollar:
    """A purse with one start in it."""

    def __init__(self) -> None:
        self.used = False

    async def reserve(self, task: Task) -> Reserved | Short:
        if self.used:
            return Short("This month is used up.", again=NOON + timedelta(days=8))
        return Reserved(Terms(also=(("SET", "cg:reserved", task.id),)))


async def test_a_start_reserves_its_money_and_the_next_waits_for_some(
    team: Team, connection: Connection
) -> None:
    purse = OneDollar()
    team.backlog = Backlog(team.store, OperatorFile(), purse=purse, now=lambda: team.clock)
    first = await team.asks()
    assert await team.starts(at_most=1) == [first.id]
    assert await connection.call("GET", "cg:reserved") == first.id.encode()
    purse.used, second = True, await team.asks()
    assert await team.starts() == []
    note = Waits(note="This month is used up.", at=NOON + timedelta(days=8))
    assert await team.wait_of(second) == (Waiting.BUDGET, note)
    purse.used = False
    await looking.stir(connection, "budget")
    assert await team.starts() == [second.id]


async def test_a_head_message_under_way_is_not_overtaken(team: Team) -> None:
    task = await team.asks()
    bare = await team.store.change(task.id, lambda now: now.note(thread=Thread(channel="C1")))
    assert await team.starts() == []
    team.clock = bare.created_at + timedelta(seconds=16)
    assert await team.starts() == [task.id]


async def test_a_decision_whose_worker_was_lost_is_made_by_the_next(
    team: Team, connection: Connection
) -> None:
    task = await team.asks(Plan(not_before=NOON))
    due, _ = await looking.take(connection, team.clock, 10)
    assert due in ((task.id,), ())
    await looking.again(connection, task.id)
    await looking.take(connection, team.clock, 10)
    assert await team.backlog.look() == 0
    team.clock += looking.PATIENCE
    assert await connection.call("ZCARD", keys.LOOK) in (0, 1)
    assert await team.starts() == [task.id]


async def test_who_was_last_in_line_is_told_so(team: Team) -> None:
    team.with_rules(OperatorFile(backlog=BacklogTable(running=2)))
    await team.asks(person="ana")
    bob = await team.asks(person="bob")
    await team.backlog.explain()
    assert (await team.wait_of(bob))[0] is Waiting.FAIR_SHARE
