"""What one person's App Home shows, read from the store: only what they may see."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import access, say
from bot.directory import Directory
from bot.reach import Reach, reach_of
from bot.views.home import Home, Lot, Purse, Review
from jobs.domain.confirmed import counted
from jobs.domain.people import Person
from jobs.domain.plan import Priority
from jobs.domain.risk import Risk, risk
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState, Waiting
from jobs.domain.team import Numbers
from jobs.queue import accounts, batches, keys, people, roster, team
from jobs.queue.homes import Published
from jobs.queue.shelf import Shelf
from jobs.queue.store import Store
from jobs.settings import OperatorFile

MINE = 80
"""Of a person's newest tasks so many are looked at."""
LISTED = 200
"""Of the tasks that wait, or are in review, so many are looked at."""
LOTS = 3
"""Batches that are shown."""
PURSES = 5
"""Channels whose budgets are shown."""
OVER = timedelta(days=3)
"""How long a task that is over stays listed."""
LOST = timedelta(days=14)
"""How long one that did not succeed stays listed."""

_TURN = (
    TaskState.REJECTED,
    TaskState.STOPPED,
    TaskState.FAILED,
    TaskState.PROPOSED,
    TaskState.RUNNING,
    TaskState.IN_REVIEW,
    TaskState.MERGED,
    TaskState.CLOSED,
    TaskState.CANCELLED,
)
_DONE = frozenset({TaskState.MERGED, TaskState.CLOSED, TaskState.CANCELLED})
_SOON = frozenset({Waiting.WORKER, Waiting.CAP, Waiting.FAIR_SHARE, None})
_RANK = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}


@dataclass(frozen=True)
class Sources:
    """Where it is read from."""

    store: Store
    """The truth about tasks."""
    operator: OperatorFile
    """Who may what."""
    directory: Directory
    """Who is where in Slack."""
    now: Callable[[], datetime]
    """The present moment."""


class Collector:
    """Puts together what a person sees; what has not changed is not read again."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self._shelf = Shelf(sources.store.connection)
        self._risks: OrderedDict[str, Risk] = OrderedDict()

    async def home(self, person: str, known: Published) -> Home:
        """Everything that the person's tab shows now."""
        operator, directory = await self._operator(), self._from.directory
        allowed = await directory.admits_person(person)
        if not allowed.granted:
            return Home(person=person, refusal=say.refusal(allowed, operator, person=Person(id=person)))
        reach = await reach_of(person, operator=operator, directory=directory)
        own = await self._shelf.newest(keys.by_requester(person), limit=MINE)
        queue = await self._queue(own, reach)
        names = await self._names(person)
        now = self._from.now()
        return Home(
            person=person,
            notice=known.notice,
            address=await directory.address(),
            mine=self._mine(own, now),
            reviews=await self._reviews(names, reach) if names else (),
            linked=bool(names),
            queue=queue,
            waiting=await self._shelf.size(keys.by_state(TaskState.WAITING)),
            changeable=frozenset(one.id for one in queue if _changeable(one, person, operator)),
            purses=await self._purses(reach, now),
            renews=self._from.operator.budgets.renewal(now),
            lots=await self._lots(own),
            leads=bool(reach.maintained),
            numbers=await self._numbers(reach, now),
            shown=known.shown,
        )

    async def may_see(self, person: str, task: Task) -> bool:
        """Whether a person may be shown a task in App Home."""
        allowed = await self._from.directory.admits_person(person)
        if not allowed.granted:
            return False
        reach = await reach_of(person, operator=await self._operator(), directory=self._from.directory)
        return reach.sees(task)

    def _mine(self, own: Iterable[Task], now: datetime) -> tuple[Task, ...]:
        listed = [one for one in own if one.state is not TaskState.WAITING and not _old(one, now)]
        return tuple(sorted(listed, key=lambda one: (_TURN.index(one.state), -one.updated_at.timestamp())))

    async def _queue(self, own: Iterable[Task], reach: Reach) -> tuple[Task, ...]:
        waiting = await self._shelf.newest(keys.by_state(TaskState.WAITING), limit=LISTED)
        seen = {one.id: one for one in (*own, *waiting) if one.state is TaskState.WAITING and reach.sees(one)}

        def turn(task: Task) -> tuple[bool, bool, int, datetime]:
            theirs = task.requester.id != reach.person
            return theirs, task.waiting not in _SOON, _RANK[task.plan.priority], task.created_at

        return tuple(sorted(seen.values(), key=turn))

    async def _operator(self) -> OperatorFile:
        return await roster.resolved(self._from.store.connection, self._from.operator)

    async def _names(self, person: str) -> frozenset[str]:
        """GitLab usernames of a Slack user."""
        known = await people.linked(self._from.store.connection) | self._from.operator.people
        return frozenset(name for name, slack in known.items() if slack == person)

    async def _reviews(self, names: frozenset[str], reach: Reach) -> tuple[Review, ...]:
        opened = await self._shelf.newest(keys.by_state(TaskState.IN_REVIEW), limit=LISTED)
        found = []
        for task in opened:
            standing = task.standing or Standing()
            asked, done = names & set(standing.reviewers), names & set(standing.approvers)
            if asked and not done and reach.sees(task):
                effort = await self._risk(task)
                found.append(Review(task=task, minutes=effort.minutes, tier=effort.tier))
        return tuple(sorted(found, key=lambda one: (_draft(one.task), one.minutes, one.task.created_at)))

    async def _risk(self, task: Task) -> Risk:
        """From the change itself, which lists leave out: read once for each run."""
        if task.run is None:
            raise ValueError(f"task {task.id} is in review without a run")
        said = len(task.answered) + len(task.confirmations)
        key = f"{task.run.id} {task.run.head} {task.run.ended_at} {said}"
        if key not in self._risks:
            whole = await self._from.store.get(task.id)
            self._risks[key] = risk((counted(whole) if whole else None) or task.run)
        self._risks.move_to_end(key)
        while len(self._risks) > LISTED:
            self._risks.popitem(last=False)
        return self._risks[key]

    async def _purses(self, reach: Reach, now: datetime) -> tuple[Purse, ...]:
        table = self._from.operator.budgets
        month = table.period(now)
        wanted = [
            table.of_person(reach.person, month),
            *(table.of_channel(one, month) for one in reach.channels[:PURSES]),
            table.of_everybody(month),
        ]
        _, found, _ = await accounts.balances(self._from.store.connection, [one.name for one in wanted])
        return tuple(
            Purse(account=account, balance=balance) for account, balance in zip(wanted, found, strict=True)
        )

    async def _numbers(self, reach: Reach, now: datetime) -> Numbers | None:
        if not reach.maintained:
            return None
        return await team.want(self._from.store.connection, team.scope_of(reach.maintained), now)

    async def _lots(self, own: Iterable[Task]) -> tuple[Lot, ...]:
        named = dict.fromkeys(one.batch.id for one in own if one.batch)
        found = []
        for batch_id in list(named)[:LOTS]:
            batch = await batches.get(self._from.store.connection, batch_id)
            if batch:
                found.append(Lot(batch=batch, tasks=await self._shelf.these(batch.tasks)))
        return tuple(found)


def _old(task: Task, now: datetime) -> bool:
    if task.state in _DONE:
        return now - task.updated_at > OVER
    return not task.state.open and now - task.updated_at > LOST


def _changeable(task: Task, person: str, operator: OperatorFile) -> bool:
    return access.may_act(operator, task=task, person=Person(id=person)).granted


def _draft(task: Task) -> bool:
    return bool(task.merge_request and task.merge_request.draft)
