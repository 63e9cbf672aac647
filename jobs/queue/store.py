"""The truth about tasks, in Redis: every write is compare-and-set and carries its event."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.draft import Draft
from jobs.domain.event import Event
from jobs.domain.review import Repository
from jobs.domain.task import Task, TaskState
from jobs.errors import LostLease
from jobs.ports import Message
from jobs.queue import acts, board, drafts, keys, people, posting, threads
from jobs.queue.chronicle import check_moves
from jobs.queue.commit import commit, takeovers
from jobs.queue.connection import Connection
from jobs.queue.feed import Change, changes
from jobs.queue.listing import Wanted, newest_of
from jobs.queue.record import SCHEMA, Stored, unpack
from jobs.queue.write import Lease, Outcome, Terms, Write

Move = Callable[[Task], Task]
"""What is to become of a task as it is now; the same task back means nothing is to be written."""

_TRIES = 50
_BROKEN_TERMS = (Outcome.STALE, Outcome.FULL)


class Conflict(Exception):
    """The task has changed since it was read: read it again and decide anew."""


class Store:
    """Tasks, their events, acts on them, and what pickers show."""

    def __init__(
        self, connection: Connection, *, now: Callable[[], datetime] | None = None, schema: int = SCHEMA
    ) -> None:
        """`schema`: the version of records that is read and written; a test's way to be another one."""
        self.connection = connection
        self.schema = schema
        self._now = now or (lambda: datetime.now(UTC))

    async def create(self, task: Task) -> tuple[Task, bool]:
        """Write a new task down; the same id again returns the stored one and False."""
        outcome = await commit(self.connection, Write(old=None, task=task, schema=self.schema))
        if outcome is Outcome.OK:
            return task, True
        return (await self._stored(task.id)).task, False

    async def get(self, task_id: str) -> Task | None:
        """The task as it is now, or None."""
        stored = await self.stored(task_id)
        return stored.task if stored else None

    async def save(self, task: Task, *, lease: Lease | None = None) -> Task:
        """Replace the task that was read; raises Conflict if it changed since, LostLease for an old epoch."""
        stored = await self._stored(task.id)
        if lease and stored.epoch != lease.epoch:
            raise LostLease(task.id)
        if stored.task.updated_at != task.updated_at:
            raise Conflict(task.id)
        write = self._write(stored, task, lease=lease)
        if await self._carry_out(write) is Outcome.CONFLICT:
            raise Conflict(task.id)
        return write.task

    async def change(
        self,
        task_id: str,
        move: Move,
        *,
        lease: Lease | None = None,
        kind: str | None = None,
        facts: dict[str, JsonValue] | None = None,
        terms: Terms | None = None,
    ) -> Task:
        """Apply `move` to the task as it is now, anew whenever somebody else was quicker.

        Raises Conflict when the terms do not hold: decide anew.
        """
        for _ in range(_TRIES):
            stored = await self._stored(task_id)
            if lease is not None and lease.epoch != stored.epoch:
                raise LostLease(task_id)  # whoever owns it now has moved it: our move would look like a fault
            task = move(stored.task)
            if task is stored.task and kind is None:
                return task
            write = self._write(stored, task, lease=lease, kind=kind, facts=facts, terms=terms)
            outcome = await self._carry_out(write)
            if outcome is Outcome.OK:
                return write.task
            if outcome in _BROKEN_TERMS:
                break
        raise Conflict(task_id)

    async def execute(
        self,
        act: Act,
        decide: Callable[[Task], tuple[Task, str]],
        *,
        facts: Mapping[str, JsonValue] | None = None,
        terms: Terms | None = None,
    ) -> Task | None:
        """Apply an act's effect, named by `decide`; None when the act has been executed before.

        The effect, its event and the mark that it is done are one write. Raises Conflict when the terms do
        not hold: the act is still to be executed.
        """
        facts = {"act": act.id, "person": act.person.id, **(facts or {})}
        for _ in range(_TRIES):
            stored = await self._stored(act.task)
            task, kind = decide(stored.task)
            write = self._write(stored, task, kind=kind, facts=dict(facts), act=act.id, terms=terms)
            outcome = await self._carry_out(write)
            if outcome in _BROKEN_TERMS:
                break
            if outcome is Outcome.DONE:
                return None
            if outcome is Outcome.OK:
                return write.task
        raise Conflict(act.task)

    async def take(
        self,
        task_id: str,
        move: Callable[[Task], Task | None],
        *,
        owner: str,
        seconds: float,
        terms: Terms | None = None,
        known: Stored | None = None,
    ) -> tuple[Task, Lease, int] | None:
        """Become the task's owner and apply `move` in one write; None when it is held or `move` gives None.

        None, too, when the terms do not hold at that moment. `known` is the record if it was read just now.
        The number is how many owners in a row were lost since the run last changed its state.
        """
        for _ in range(_TRIES):
            stored, known = known or await self.stored(task_id), None
            task = move(stored.task) if stored else None
            if stored is None or task is None:
                return None
            write = self._write(stored, task, take=(owner, seconds), terms=terms)
            outcome = await self._carry_out(write)
            if outcome is Outcome.HELD or outcome in _BROKEN_TERMS:
                return None
            if outcome is Outcome.OK:
                return write.task, Lease(task_id, owner, stored.epoch + 1), takeovers(write)
        raise Conflict(task_id)

    async def history(self, task_id: str) -> tuple[Event, ...]:
        """The chain of a task's events, oldest first."""
        lines = await self.connection.call("LRANGE", keys.events(task_id), 0, -1)
        return tuple(Event.model_validate_json(line) for line in lines)

    async def list(
        self,
        *,
        states: Sequence[TaskState] = (),
        requester: str | None = None,
        channel: str | None = None,
        limit: int = 50,
    ) -> tuple[Task, ...]:
        """Newest tasks first, by everything that is given; patches are left out."""
        wanted = Wanted(frozenset(states), requester, channel)
        return await newest_of(self.connection, wanted, limit=limit, reads=self.schema)

    async def put_act(self, act: Act) -> bool:
        """Keep an act to be executed; False when this click is kept already."""
        return await acts.put(self.connection, act)

    async def act(self, act_id: str) -> Act | None:
        """An act that was kept, executed or not."""
        return await acts.get(self.connection, act_id)

    async def publish_catalogue(self, repositories: Sequence[Repository]) -> None:
        """Replace what pickers show."""
        await board.publish_catalogue(self.connection, repositories)

    async def catalogue(self) -> tuple[Repository, ...]:
        """What pickers show; empty until a worker has published it."""
        return await board.catalogue(self.connection)

    async def engines(self) -> tuple[str, ...]:
        """Names of the engines that forms offer, the ordinary one first; empty where there is no choice."""
        return await board.engines(self.connection)

    async def keep_draft(self, draft: Draft) -> None:
        """Keep a form that is being filled in, for a week."""
        await drafts.keep(self.connection, draft)

    async def draft(self, draft_id: str) -> Draft | None:
        """A form that is being filled in, or None when it was left alone for too long."""
        return await drafts.get(self.connection, draft_id)

    async def seen(self, event_id: str) -> bool:
        """True when this delivery was taken before, within the hours that Slack repeats one."""
        return await board.seen(self.connection, event_id)

    async def hear(self, hint: str) -> None:
        """GitLab told us of `project!iid`, `project#iid` or a branch of ours: it is looked at next."""
        place = keys.ISSUES if re.search(r"#\d+$", hint) else keys.HINTS
        await self.connection.many([("SADD", place, hint), ("PUBLISH", keys.HINTED, hint)])

    async def in_thread(self, channel: str, ts: str) -> tuple[str, ...]:
        """Ids of the tasks whose head message this is: none, one, or a batch's."""
        return await threads.tasks_of(self.connection, channel, ts)

    async def link_code(self, person: str) -> str:
        """A new code by which a Slack user shows which GitLab user they are."""
        return await people.offer(self.connection, person)

    async def workers(self) -> tuple[str, ...]:
        """Names of the workers heard of in the last seconds."""
        return await board.workers(self.connection, self._now())

    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[Change]]:
        """News of every change from now on; after an outage one change without a task: look at everything."""
        return changes(self.connection)

    def posting(self, message: Message) -> AbstractAsyncContextManager[None]:
        """Around posting a message: waits for its turn; one left half done is looked at by reconcile."""
        return posting.under_way(self.connection, message)

    async def stored(self, task_id: str) -> Stored | None:
        """The task with what the store knows besides."""
        return self.read(task_id, await self.connection.call("HGETALL", keys.task(task_id)))

    def read(self, task_id: str, fields: Mapping[bytes, bytes]) -> Stored | None:
        """The record from the fields of its hash; None when there are none."""
        return unpack(task_id, fields, reads=self.schema) if fields else None

    async def _stored(self, task_id: str) -> Stored:
        stored = await self.stored(task_id)
        if stored is None:
            raise KeyError(task_id)
        return stored

    def _write(
        self,
        stored: Stored,
        task: Task,
        *,
        lease: Lease | None = None,
        kind: str | None = None,
        facts: dict[str, JsonValue] | None = None,
        take: tuple[str, float] | None = None,
        act: str | None = None,
        terms: Terms | None = None,
    ) -> Write:
        check_moves(stored.task, task)
        # a clock that was set back must not make two versions look alike
        at = max(self._now(), stored.task.updated_at + timedelta(microseconds=1))
        task = task.model_copy(update={"updated_at": at})
        return Write(
            schema=self.schema,
            old=stored,
            task=task,
            kind=kind,
            facts=facts or {},
            lease=lease,
            take=take,
            act=act,
            terms=terms or Terms(),
        )

    async def _carry_out(self, write: Write) -> Outcome:
        outcome = await commit(self.connection, write)
        if outcome is Outcome.LOST:
            raise LostLease(write.task.id)
        return outcome
