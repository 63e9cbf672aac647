"""The backlog decides which waiting tasks may start now, and why the others may not yet."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobs.domain.cron import Cron
from jobs.domain.plan import Waits
from jobs.domain.task import Task, TaskState, Thread, Waiting, task_id
from jobs.domain.wait import Facts, Wait, held_back, in_line
from jobs.domain.window import zone_of
from jobs.queue import keys, places
from jobs.queue.backlog import lanes, looking, stacking
from jobs.queue.backlog.purse import Bottomless, Purse, Reserved, Short
from jobs.queue.indexes import HEAD_WITHIN
from jobs.queue.places import EVERYWHERE, Pool
from jobs.queue.record import Stored
from jobs.queue.store import Conflict, Store
from jobs.queue.write import Terms
from jobs.settings import OperatorFile

logger = logging.getLogger(__name__)

AT_ONCE = 100
"""Tasks decided about in one look at the most."""

FRONTS = 50
"""Lanes whose first task is told why it waits, in one round."""

_STEPS = 500


@dataclass(frozen=True)
class Start:
    """A task that may start now."""

    task: str
    """Task id."""
    terms: Terms
    """What must still hold when it is taken: room, money, nothing that overlaps."""
    stored: Stored | None = None
    """Its record as it was judged."""


class Backlog:
    """Every worker has one; they agree through the store."""

    def __init__(
        self,
        store: Store,
        operator: OperatorFile,
        *,
        purse: Purse | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._store = store
        self._connection = store.connection
        self._operator = operator
        self._windows = operator.backlog.windows
        self._purse = purse or Bottomless()
        self._pools: tuple[Pool, ...] = ()
        self._now = now or (lambda: datetime.now(UTC))

    async def look(self) -> int:
        """Decide about the tasks that are due or have news; returns how many there were."""
        due, mark = await looking.take(self._connection, self._now(), AT_ONCE)
        for one in due:
            again = await self._decide(one)
            await looking.done(self._connection, one, mark, again=again)
        return len(due)

    async def next(self, toolchains: Sequence[str] = (), *, but: Collection[str] = ()) -> Start | None:
        """The task whose turn it is on a worker with these toolchains; None when nothing may start now.

        The tasks named in `but` are passed over.
        """
        passed = list(but)
        for _ in range(_STEPS):
            self._pools, pick = await lanes.glance(
                self._connection,
                self._pools,
                self._operator,
                usable=lambda one: self._open(one, toolchains),
                passed=passed,
            )
            if pick is None:
                return None
            stored = self._store.read(pick.task, pick.record)
            if stored is None or not places.in_lane(stored.task):
                continue
            task = stored.task
            if self._head_under_way(task):
                passed.append(task.id)
                continue
            if await stacking.stack(self._store, task):
                continue
            start = await self._allowed(stored, pick)
            if start is not None:
                return start
            passed.append(task.id)
        return None

    async def next_moment(self) -> datetime | None:
        """When time alone lets something start: a task that is due, or a window that opens."""
        now = self._now()
        named = {one.window for one in await lanes.pools(self._connection)}
        closed = [self._windows[one] for one in named if one in self._windows]
        moments = [window.next_opening(now) for window in closed if not window.open_at(now)]
        moments.append(await looking.next_look(self._connection))
        return min((one for one in moments if one is not None), default=None)

    async def explain(self) -> None:
        """Bring the reason of the first task of each lane up to date; those behind it come after it."""
        found = await lanes.pools(self._connection)
        told = 0
        for toolchain in sorted({one.toolchain for one in found}):
            mine = [one for one in found if one.toolchain == toolchain]
            ready = [one for one in mine if self._open(one, (toolchain,))]
            pick = await lanes.pick(self._connection, ready, self._operator)
            for pool in mine:
                for front in await self._fronts(pool, FRONTS - told):
                    told += 1
                    await self._tell(front, pool, first=pick is not None and pick.task == front)

    def _open(self, pool: Pool, toolchains: Sequence[str]) -> bool:
        if pool.toolchain and pool.toolchain not in toolchains:
            return False
        window = self._windows.get(pool.window)
        return not pool.window or (window is not None and window.open_at(self._now()))

    def _head_under_way(self, task: Task) -> bool:
        # the bot is posting the head message: a worker's own would be a second one
        if task.thread is None or task.thread.ts is not None or task.batch is not None:
            return False
        return self._now() - task.created_at < timedelta(seconds=HEAD_WITHIN)

    async def _allowed(self, stored: Stored, pick: lanes.Pick) -> Start | None:
        """The start of a task in line, or None after it was put aside with its reason."""
        task = stored.task
        claimed, facts = await self._facts(task)
        wait = held_back(task, facts)
        if wait is None and task.plan.every:
            await self._follow(task)
        if wait is None:
            reserved = await self._purse.reserve(task)
            if isinstance(reserved, Reserved):
                return Start(task.id, self._terms(task, pick, claimed, reserved.terms), stored)
            wait = _short(reserved)
        await self._write(task, wait, claimed)
        return None

    def _terms(self, task: Task, pick: lanes.Pick, claimed: int, money: Terms) -> Terms:
        repository, operator = task.spec.repository, self._operator
        room = (
            (keys.running(EVERYWHERE), operator.backlog.running),
            (keys.running(repository), operator.running_in(repository)),
        )
        return Terms(
            same=(*pick.terms.same, (keys.claimed(repository), claimed), *money.same),
            below=(*room, *money.below),
            also=(*pick.terms.also, *money.also),
        )

    async def _decide(self, task_id: str) -> datetime | None:
        """Write down what a task waits for now; returns when to look again, if time alone changes it."""
        task = await stacking.restack(self._store, task_id)
        if task is None or task.state is not TaskState.WAITING:
            return None
        plan = task.plan
        if plan.every and plan.not_before is None:
            due = Cron.parse(plan.every).after(self._now(), zone_of(plan.zone))
            task = await self._store.change(task.id, lambda now: now.note(plan=_at(now, due)))
        claimed, facts = await self._facts(task)
        wait = held_back(task, facts)
        if plan.every and task.plan.not_before and task.plan.not_before <= facts.now:
            await self._follow(task)
        if wait is None and places.in_lane(task):
            return None
        if wait is None and task.waiting is Waiting.BUDGET:
            # one that still does not fit stays where it is, and nobody is told the same again
            reserved = await self._purse.reserve(task)
            wait = _short(reserved) if isinstance(reserved, Short) else None
        wait = wait or in_line(task.plan, self._windows, facts.now)
        await self._write(task, wait, claimed)
        return wait[1].at if wait[1] else None

    async def _facts(self, task: Task) -> tuple[int, Facts]:
        repository = task.spec.repository
        # counted first: a claim that comes between the two makes the count old, and the write fails
        claimed, claims = await self._connection.many(
            [("GET", keys.claimed(repository)), ("HGETALL", keys.claims(repository))]
        )
        parents = {one: await self._store.get(one) for one in task.plan.depends_on}
        own = places.read_claims(claims) if task.spec.paths.allow else ()
        return int(claimed or 0), Facts(now=self._now(), parents=parents, claims=own)

    async def _write(self, task: Task, wait: Wait, claimed: int) -> None:
        """Give a task its reason, unless it has changed since it was judged: then its news bring it back."""

        def move(now: Task) -> Task:
            changed = now.updated_at != task.updated_at or (now.waiting, now.waits) == wait
            return now if changed else now.note(waiting=wait[0], waits=wait[1])

        terms = Terms(same=((keys.claimed(task.spec.repository), claimed),))
        try:
            await self._store.change(task.id, move, terms=terms)
        except Conflict:
            await looking.again(self._connection, task.id)

    async def _follow(self, task: Task) -> None:
        """Write down the occurrence after this one; it is the same task however often this is done."""
        plan = task.plan
        now = self._now()
        due = Cron.parse(plan.every or "").after(now, zone_of(plan.zone))
        number = plan.occurrence + 1
        origin = f"{task.origin.partition('#')[0]}#{number}"
        waits = Waits(at=due)
        after = Task(
            id=task_id(origin),
            origin=origin,
            spec=task.spec,
            plan=plan.model_copy(update={"not_before": due, "occurrence": number}),
            requester=task.requester,
            thread=Thread(channel=task.thread.channel) if task.thread else None,
            cap=task.cap,
            gaps=task.gaps,
            created_at=now,
            updated_at=now,
        )
        await self._store.create(after.to(TaskState.WAITING, waiting=Waiting.SCHEDULE, waits=waits))

    async def _fronts(self, pool: Pool, limit: int) -> list[str]:
        names = sorted(await self._connection.call("SMEMBERS", keys.lanes(str(pool))))[: max(limit, 0)]
        firsts = await self._connection.many(
            [("ZRANGE", keys.lane(str(pool), name.decode()), 0, 0) for name in names]
        )
        return [row[0].decode() for row in firsts if row]

    async def _tell(self, task_id: str, pool: Pool, *, first: bool) -> None:
        full = await self._full(pool.repository)

        def move(now: Task) -> Task:
            if not places.in_lane(now) or Pool.of(now) != pool:
                return now
            wait = in_line(now.plan, self._windows, self._now())
            if wait[0] is Waiting.WORKER and full:
                wait = (Waiting.CAP, None)
            elif wait[0] is Waiting.WORKER and not first:
                wait = (Waiting.FAIR_SHARE, None)
            return now if (now.waiting, now.waits) == wait else now.note(waiting=wait[0], waits=wait[1])

        await self._store.change(task_id, move)

    async def _full(self, repository: str) -> bool:
        everywhere, here = await self._connection.many(
            [("SCARD", keys.running(EVERYWHERE)), ("SCARD", keys.running(repository))]
        )
        operator = self._operator
        return bool(everywhere >= operator.backlog.running or here >= operator.running_in(repository))


def _at(task: Task, due: datetime | None) -> object:
    return task.plan.model_copy(update={"not_before": due})


def _short(answer: Short) -> Wait:
    return answer.waiting, Waits(note=answer.note, at=answer.again)
