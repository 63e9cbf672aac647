"""Issues as a way in: each labelled one becomes a proposed task, answered in one note, begun by a person."""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.origin import issue_of, issue_origin
from jobs.domain.people import Person
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState, Thread, task_id
from jobs.errors import Refused, Stop, Transient
from jobs.ports.inbound import Inbound, IssueComment, IssueThread
from jobs.queue import issues, people, roster
from jobs.queue.store import Store
from jobs.queue.watching import my_turn, turn_over
from jobs.redaction import scrub
from jobs.render import neutral, render
from jobs.review.issue_words import asker, confirmed, strangers, wanted
from jobs.settings import OperatorFile
from jobs.specify.gate import gaps_of
from jobs.specify.issue_spec import issue_spec
from jobs.specify.starters import starters, with_own
from jobs.worker.moves import cancelled, queued
from jobs.worker.replanning import edited

logger = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds between two lists of what changed, by one of all workers."""
OVERLAP = timedelta(seconds=90)
"""How far a list reaches back behind the last one: clocks differ, and GitLab's index lags."""
KEY = "issue"
"""Key of the one note."""

_GITLAB = Person(id="gitlab", name="GitLab")
_BEGUN = {TaskState.WAITING: "accepted", TaskState.RUNNING: "accepted"}

Done = Callable[[Task], Awaitable[None]]
"""What is to happen with a task that moved: it is queued, its thread is brought up to date."""


class IssueDesk:
    """One worker's part in taking issues in."""

    def __init__(self, store: Store, inbound: Inbound, operator: OperatorFile, done: Done) -> None:
        self._store = store
        self._inbound = inbound
        self._operator = operator
        self._done = done
        self._templates = starters(operator.specs)
        self.wake = asyncio.Event()

    async def turn(self) -> None:
        """Look at what was hinted at, what changed and what waits for an answer, then wait for news."""
        self.wake.clear()
        await self.sweep()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5.0):
                await self.wake.wait()

    async def sweep(self) -> None:
        """Look at everything that is due."""
        if self._operator.review.issue_label:
            for project, iid in await self._due(datetime.now(UTC)):
                await self._one(project, iid)

    async def look(self, project: str, iid: int) -> None:
        """Bring an issue, its task and its note together; doing so again changes nothing."""
        thread = await self._inbound.thread(project, iid)
        if thread.closed:
            await self._unwanted(thread)
            return
        linked = {**await people.linked(self._store.connection), **self._operator.people}
        known = await roster.resolved(self._store.connection, self._operator)
        operator = known.model_copy(update={"people": linked})
        for name in strangers(thread, operator):
            text = render("issue/no_role.md.j2", who=neutral(name))
            if not _said(thread, text):
                await self._inbound.note(project, iid, text=text, key=f"no-role-{name}")
        if wanted(thread, operator):
            await self._proposed(thread, operator)
        else:
            await self._unwanted(thread)

    async def _due(self, now: datetime) -> tuple[tuple[str, int], ...]:
        connection = self._store.connection
        found = [one for one in await issues.hinted(connection) if one[0] in self._operator.repositories]
        if await my_turn(connection, "issues", seconds=EVERY):
            proposed = await self._store.list(states=(TaskState.PROPOSED,), limit=500)
            found += [known for one in proposed if (known := issue_of(one.origin))]
            for project in self._operator.repositories:
                found += await self._listed(project, now)
        return tuple(dict.fromkeys(found))

    async def _listed(self, project: str, now: datetime) -> list[tuple[str, int]]:
        connection = self._store.connection
        since = await issues.listed_until(connection, project) or now - timedelta(hours=1)
        try:
            numbers = await self._inbound.changed(project, since - OVERLAP)
        except (Stop, Transient) as error:
            logger.warning("the issues of %s cannot be listed: %s", project, error)
            return []
        # kept for a failed look too: what is hinted at stays until it was looked at
        await issues.hint(connection, project, numbers)
        await issues.listed(connection, project, now)
        return [(project, iid) for iid in numbers]

    async def _one(self, project: str, iid: int) -> None:
        connection, turn = self._store.connection, f"issue:{project}#{iid}"
        if not await my_turn(connection, turn, seconds=60.0):
            return
        try:
            await self.look(project, iid)
        except Transient as passing:
            logger.info("issue #%d of %s is looked at later: %s", iid, project, passing)
            return
        except Stop as stop:
            logger.warning("issue #%d of %s cannot be looked at: %s", iid, project, stop)
        finally:
            await turn_over(connection, turn)
        await issues.looked(connection, project, iid)

    async def _proposed(self, thread: IssueThread, operator: OperatorFile) -> None:
        templates = with_own(self._templates, await self._store.catalogue())
        try:
            spec = issue_spec(
                thread.title,
                thread.text,
                repository=thread.project,
                labels=thread.labels,
                templates=templates,
            )
        except Refused as refused:
            await self._say(thread, problems=tuple(refused.problems.items()))
            return
        starter = templates.within(thread.project).pin(spec.template)
        known = await self._store.get(task_id(issue_origin(thread.project, thread.iid)))
        person = asker(thread, operator)
        if known is None and person is None:
            await self._say(thread, situation="no_asker", spec=spec, gaps=gaps_of(spec), version=1)
            return
        task = known or await self._created(thread, spec, person, starter)
        task = await self._taken(thread, task, spec, starter)
        situation = _situation(task)
        words = _words(task, situation)
        said = _said(thread, words)
        go = confirmed(thread, said, operator) if said and situation == "ready" else None
        if go is not None:
            task = await self._started(task, f"{KEY}-go-{go[0].id}", go[1])
            words = _words(task, _situation(task))
        await self._tell(thread, words)

    async def _taken(self, thread: IssueThread, task: Task, spec: Spec, starter: str) -> Task:
        """The task with the issue's words, if they are new: what was mended in Slack since stays."""
        connection, place = self._store.connection, (thread.project, thread.iid)
        digest = hashlib.sha256(spec.model_dump_json().encode()).hexdigest()
        if task.state is not TaskState.PROPOSED or await issues.words_read(connection, *place) == digest:
            return task
        if task.spec != spec:
            task = await self._store.change(task.id, lambda now: self._edited(now, spec, starter))
        await issues.read_words(connection, *place, digest=digest)
        return task

    async def _unwanted(self, thread: IssueThread) -> None:
        """Who closes an issue or takes its label off withdraws what nobody began; what was begun goes on."""
        task = await self._store.get(task_id(issue_origin(thread.project, thread.iid)))
        if task is None:
            return
        if task.state is TaskState.PROPOSED:
            task = await self._store.change(task.id, lambda now: cancelled(now, _GITLAB)[0])
            await self._done(task)
        await issues.forget_words(self._store.connection, thread.project, thread.iid)
        await self._tell(thread, _words(task, _situation(task)))

    async def _created(self, thread: IssueThread, spec: Spec, person: Person | None, starter: str) -> Task:
        assert person is not None
        own = self._operator.repositories[thread.project]
        now, origin = datetime.now(UTC), issue_origin(thread.project, thread.iid)
        task = Task(
            id=task_id(origin),
            origin=origin,
            spec=spec,
            requester=person,
            thread=Thread(channel=own.channels[0]) if own.channels else None,
            gaps=gaps_of(spec),
            starter=starter,
            cap=self._operator.cap_for(thread.project),
            created_at=now,
            updated_at=now,
        )
        stored, fresh = await self._store.create(task)
        if fresh:
            await self._done(stored)
        return stored

    def _edited(self, task: Task, spec: Spec, starter: str) -> Task:
        payload: dict[str, JsonValue] = {"spec": spec.model_dump(mode="json"), "starter": starter}
        return edited(task, payload, operator=self._operator, now=datetime.now(UTC))[0]

    async def _started(self, task: Task, act_id: str, person: Person) -> Task:
        """Begin the version that the note shows; another one is not what the person saw."""
        version, now = task.spec_version, datetime.now(UTC)
        act = Act(id=act_id, task=task.id, kind=ActKind.QUEUE, person=person, at=now)

        def decide(present: Task) -> tuple[Task, str]:
            if present.spec_version != version:
                return present, "act.late"
            return queued(present, operator=self._operator, now=now)

        moved = await self._store.execute(act, decide) or await self._store.get(task.id) or task
        await self._done(moved)
        return moved

    async def _say(self, thread: IssueThread, **facts: object) -> None:
        await self._tell(thread, _note(**facts))

    async def _tell(self, thread: IssueThread, text: str) -> None:
        if not _said(thread, text):
            await self._inbound.note(thread.project, thread.iid, text=text, key=KEY)


def _situation(task: Task) -> str:
    if task.state is TaskState.PROPOSED:
        if not task.looked_at:
            return "looking"
        return "blocked" if any(one.blocking for one in task.gaps) else "ready"
    if task.opened and task.state is not TaskState.CLOSED:
        return "in_review"
    return _BEGUN.get(task.state, task.state.value)


def _words(task: Task, situation: str) -> str:
    run, request = task.run, task.merge_request
    return _note(
        situation=situation,
        task=task.id,
        spec=task.spec,
        gaps=task.gaps if task.state is TaskState.PROPOSED else (),
        version=task.spec_version,
        iid=request.iid if request else 0,
        reason=" ".join(f"{run.reason} {run.remedy}".split()) if run else "",
        reference=run.reference if run else "",
    )


def _note(**facts: object) -> str:
    given = {"problems": (), "situation": "", "task": "", "spec": None, "gaps": (), "version": 1}
    ended = {"iid": 0, "reason": "", "reference": ""}
    return scrub(render("issue/note.md.j2", **{**given, **ended, **facts}))


def _said(thread: IssueThread, text: str) -> IssueComment | None:
    """Our comment that has this text, however GitLab keeps its spaces."""
    ours = (one for one in thread.comments if one.ours)
    return next((one for one in ours if one.text.partition("<!-- codegen:")[0].split() == text.split()), None)
