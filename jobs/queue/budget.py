"""The ledger in Redis: what may still be spent, and the terms under which a run reserves its cap.

Nothing is written on the way to a start: the reservation is part of the very write that makes the run, and
the settlement of the write that ends it, so a crash can neither leak nor double either of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend
from jobs.domain.ledger import (
    Account,
    Amounts,
    Balance,
    BudgetTable,
    Holder,
    Measure,
    Shortage,
    cap_amounts,
    possible,
    shortage,
    spend_amounts,
)
from jobs.domain.task import Task, TaskState, Waiting
from jobs.messages.short import shortage_note
from jobs.queue import accounts, keys
from jobs.queue.backlog.purse import Reserved, Short
from jobs.queue.connection import Word
from jobs.queue.store import Store
from jobs.queue.write import Terms

_IN_TURN = frozenset({Waiting.BUDGET, Waiting.WORKER, Waiting.CAP, Waiting.FAIR_SHARE, None})


class Place(Frozen):
    """A task in line: it was too large for what was left."""

    task: str
    """Task id."""
    since: datetime
    """When it came."""
    wanted: Amounts
    """What it asks for."""
    stems: tuple[str, ...]
    """Budgets that it was too large for."""
    passed: bool = False
    """True once a smaller one has started before it: then it is next."""


@dataclass(frozen=True)
class _Look:
    """Everything a decision is based on, as of one version of the accounts."""

    version: int
    open: Sequence[tuple[Account, Balance]]
    line: Sequence[Place]


class Ledger:
    """ports.Ledger, and the backlog's purse."""

    def __init__(
        self, store: Store, budgets: BudgetTable, *, now: Callable[[], datetime] | None = None
    ) -> None:
        self._store = store
        self._connection = store.connection
        self._budgets = budgets
        self._now = now or (lambda: datetime.now(UTC))

    def accounts_of(self, task: Task, now: datetime) -> tuple[Account, ...]:
        """Every budget that a run of a task counts against if it starts now."""
        table, month = self._budgets, self._budgets.period(now)
        person, channel = task.requester.id, task.thread.channel if task.thread else None
        found = [
            Account(holder=Holder.TASK, id=task.id, limit=table.task.amounts),
            table.of_person(person, month),
            table.of_everybody(month),
        ]
        if channel:
            found.append(table.of_channel(channel, month))
        if task.batch:
            limit = table.batch.amounts | task.batch.budget.amounts
            found.append(Account(holder=Holder.BATCH, id=task.batch.id, limit=limit))
        return tuple(found)

    async def shortage(self, task: Task) -> Shortage | None:
        """What a run of this task lacks now, or None when it could start."""
        return self._lack(task, await self._look(task, self._now()), self._now())

    async def reserve(self, task: Task) -> Reserved | Short:
        """The terms under which the next run may start; a task that does not fit takes its place in line."""
        now = self._now()
        look = await self._look(task, now)
        lack = self._lack(task, look, now)
        if lack is not None:
            await self._line_up(task, look, lack, now)
            running = any(balance.held.get(lack.measure) for account, balance in look.open)
            note = shortage_note(lack, running=running)
            return Short(note=note, again=lack.renews_at)
        full = await self._batch_full(task)
        if full is not None:
            return full
        names = [account.name for account, _ in look.open]
        run = f"{task.id}-r{task.runs + 1}"
        also = accounts.reservation(run, names, cap_amounts(task.cap))
        limited = any(account.limit for account, _ in look.open)
        same = ((accounts.VERSION, look.version),) if limited else ()
        return Reserved(Terms(same=same, below=_room(task), also=(*also, *_passing(task, look))))

    async def balances(self, names: Sequence[str]) -> tuple[Balance, ...]:
        """What has been used of accounts, by their names."""
        return (await accounts.balances(self._connection, names))[1]

    async def release_lost(self) -> int:
        """Settle what is held for runs that are over or unknown, as after a restored backup; how many."""
        found = await self._connection.call("SMEMBERS", accounts.HELD)
        lost = [one for one in sorted(name.decode() for name in found) if not await self._alive(one)]
        for run in lost:
            task = await self._store.get(run.rpartition("-r")[0])
            spend = task.run.spend if task and task.run and task.run.id == run else Spend()
            await accounts.settle(self._connection, run, spend_amounts(spend))
        return len(lost)

    async def _alive(self, run: str) -> bool:
        task = await self._store.get(run.rpartition("-r")[0])
        return task is not None and task.run is not None and task.run.id == run and not task.run.ended

    async def _batch_full(self, task: Task) -> Short | None:
        for key, most in _room(task):
            if await self._connection.call("SCARD", key) >= most:
                return Short(note=f"Its batch runs {most} at a time.", waiting=Waiting.CAP)
        return None

    async def _look(self, task: Task, now: datetime) -> _Look:
        of_task = self.accounts_of(task, now)
        names = [one.name for one in of_task]
        version, found, line = await accounts.balances(self._connection, names)
        places = sorted(
            (Place.model_validate_json(one) for one in line), key=lambda one: (one.since, one.task)
        )
        before = [one for one in places if one.task != task.id and await self._waits_its_turn(one)]
        mine = next((one for one in places if one.task == task.id), None)
        if mine is not None:
            before = [one for one in before if (one.since, one.task) < (mine.since, mine.task)]
        return _Look(version, tuple(zip(of_task, found, strict=True)), before)

    async def _waits_its_turn(self, place: Place) -> bool:
        task = await self._store.get(place.task)
        return task is not None and task.state is TaskState.WAITING and task.waiting in _IN_TURN

    def _lack(self, task: Task, look: _Look, now: datetime) -> Shortage | None:
        wanted, renewal = cap_amounts(task.cap), self._budgets.renewal(now)
        lacks = [shortage(account, balance, wanted, renewal) for account, balance in look.open]
        found = [one for one in lacks if one is not None]
        if found:
            # what lasts longest is said first
            return max(found, key=lambda one: (one.never, one.renews_at is not None, one.missing))
        for account, balance in look.open:
            for place in look.line:
                next_up = place.passed and account.stem in place.stems
                if next_up and possible(account, balance, place.wanted):
                    measure = next(iter(account.limit), Measure.USD)
                    return Shortage(account=account, measure=measure, behind=place.task)
        return None

    async def _line_up(self, task: Task, look: _Look, lack: Shortage, now: datetime) -> None:
        if lack.behind or lack.never:
            return
        wanted, renewal = cap_amounts(task.cap), self._budgets.renewal(now)
        short = [
            account.stem for account, balance in look.open if shortage(account, balance, wanted, renewal)
        ]
        place = Place(task=task.id, since=now, wanted=wanted, stems=tuple(short))
        await accounts.line_up(self._connection, task.id, place.model_dump_json())


def _room(task: Task) -> tuple[tuple[str, int], ...]:
    batch = task.batch
    return ((keys.running(f"batch:{batch.id}"), batch.parallel),) if batch and batch.parallel else ()


def _passing(task: Task, look: _Look) -> tuple[Sequence[Word], ...]:
    """Whoever is larger and waits for one of the same budgets has been passed once by this start."""
    stems = {account.stem for account, _ in look.open if account.limit}
    passed = [one for one in look.line if not one.passed and stems & set(one.stems)]
    return tuple(
        ("HSET", accounts.LINE, one.task, one.model_copy(update={"passed": True}).model_dump_json())
        for one in passed
    )
