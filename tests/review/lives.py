"""A task's whole life in one process: real adapters over GitLab in memory, real runs, workers that die."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jobs.adapters.gitlab import GitLabForge, GitLabReports, GitLabReview, GitLabWatch
from jobs.domain.brief import Brief, Work
from jobs.domain.people import Person
from jobs.domain.run import Answer, Run, RunState
from jobs.domain.spec import Criterion, Proof
from jobs.domain.task import Task, branch_of
from jobs.errors import Stop, Transient
from jobs.pipeline import execute
from jobs.ports import Message, Note, Workspace
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.inbox import StoreInbox
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.queue.write import Lease
from jobs.settings import OperatorFile, RepositorySettings
from jobs.worker.looking import Means
from jobs.worker.moves import begun, settled
from jobs.worker.watching import Watching
from tests.factories import a_spec, a_task
from tests.fakes import FILE, PROOF, SUITE, FakeEngine, Killed, World
from tests.review.rest import MemoryGitLab, Request, Trouble

ATTEMPTS = 4
SPOIL = "spoil"
"""A word that leads the engine astray."""


class Scribe:
    """An engine that does what it is asked, and something that breaks where it is told to."""

    name = "scribe"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        said = "".join(f"{one.id}\n" for one in brief.feedback)
        spoiled = any(SPOIL in one.text for one in brief.feedback)
        asked = {"src/extra.txt": "broken\n"} if spoiled else {"src/asked.txt": said} if said else {}
        await workspace.apply(json.dumps({FILE: "up\n", **asked}))
        return Work(summary="Done.", answers=tuple(Answer(to=one.id, text="Yes.") for one in brief.feedback))


class Channel:
    """One channel as Slack keeps it: one message per key; an answer may be lost after the post arrived."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.dies = False

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        self.messages[message.key] = message
        if self.dies:
            self.dies = False
            raise Transient("The answer was lost.")
        return "1700000000.000900"

    async def upload(self, **fields: str) -> str:
        raise AssertionError("nothing is uploaded here")

    async def tell(self, person: str, text: str) -> None:
        raise AssertionError("nobody is told anything alone here")

    async def tidy(self, message: Message) -> str | None:
        return None

    async def permalink(self, channel: str, ts: str) -> str:
        return ""

    @property
    def text(self) -> str:
        shown = [block["text"] for one in self.messages.values() for block in one.blocks]
        return "\n".join(str(one["text"]) for one in shown if isinstance(one, dict))


class Journal:
    """ports.Journal over the store, without a voice."""

    def __init__(self, store: Store, lease: Lease) -> None:
        self._store = store
        self._lease = lease

    async def __call__(self, run: Run) -> Run:
        moved = await self._store.change(
            self._lease.task, lambda task: settled(task, run, datetime.now(UTC)), lease=self._lease
        )
        assert moved.run is not None
        return moved.run

    async def chain_head(self) -> str:
        return bytes(await self._store.connection.call("HGET", keys.task(self._lease.task), "head")).decode()


class Life:
    """One task, its merge request, its thread, and workers that may be lost at any call."""

    def __init__(self, connection: Connection) -> None:
        self.store = Store(connection)
        own = RepositorySettings(suite=SUITE, reviewers=("ben",))
        self.operator = OperatorFile(repositories={"payments/api": own})
        self.world = World(FakeEngine([]), operator=self.operator)
        self.gitlab = MemoryGitLab(self.world.remote)
        self.channel = Channel()
        self.task_id = ""
        self.branch = ""
        self.taken: dict[str, set[str]] = {}
        """Run → ids of what it took from people."""
        self.cut = False
        """True once a run ended without a chance to answer."""
        self.tellings = 0

    async def begin(self) -> None:
        """A spec is queued."""
        criterion = Criterion(id="AC1", text="Half is rounded up", proof=Proof(command=PROOF))
        person = Person(id="U0ANA", name="Ana")
        task, _ = await self.store.create(a_task(spec=a_spec(criteria=(criterion,)), requester=person))
        self.task_id, self.branch = task.id, branch_of(task.id)

    @property
    def request(self) -> Request:
        return self.gitlab.requests[0]

    def worker(self, name: str = "w1") -> Watching:
        """A worker that has just started: nothing is remembered but what is stored."""
        connection = self.gitlab.connection()
        return Watching(
            self.store,
            Queue(self.store),
            GitLabWatch(connection),
            means=Means(GitLabReview(connection), GitLabReports(connection)),
            messenger=self.channel,
            operator=self.operator,
            owner=name,
        )

    async def now(self) -> Task:
        task = await self.store.get(self.task_id)
        assert task is not None
        return task

    async def look(self, trouble: Trouble | None = None, *, forced: bool = False) -> None:
        """One worker looks at what is due; it may be lost on the way."""
        if forced:
            await self.store.connection.call("ZADD", keys.WATCH, "XX", 0, self.task_id)
        self.gitlab.trouble = trouble
        try:
            await self.worker().look(datetime.now(UTC))
        finally:
            self.gitlab.trouble = None

    async def tell(self) -> None:
        """When every burst and pause of before is over."""
        self.tellings += 1
        await self.worker().tell(datetime.now(UTC) + timedelta(days=self.tellings))

    async def work(self, trouble: Trouble | None = None) -> None:
        """A worker carries out the run there is, after the lease of a lost one ran out."""
        await self.store.connection.call("DEL", keys.lease(self.task_id))
        taken = await self.store.take(
            self.task_id, lambda task: begun(task, datetime.now(UTC)), owner="w", seconds=60
        )
        if taken is None:
            return
        task, lease, _ = taken
        self.gitlab.trouble = trouble
        try:
            await self._carried_out(task, Journal(self.store, lease))
        except Killed:
            return
        finally:
            self.gitlab.trouble = None
        await self.store.connection.call("DEL", keys.lease(self.task_id))

    async def _carried_out(self, task: Task, journal: Journal) -> None:
        assert task.run is not None
        if task.cancel is not None:
            self.cut = True
            await journal(task.run.to(RunState.CANCELLED))
            return
        connection = self.gitlab.connection()
        tools = replace(
            self.world.tools,
            forge=GitLabForge(connection),
            review=GitLabReview(connection),
            reports=GitLabReports(connection),
            engine=Scribe(),
            inbox=StoreInbox(self.store),
        )
        for _ in range(ATTEMPTS):
            try:
                run = await execute(task, tools, journal)
                self.taken[run.id] = {one.id for one in run.feedback}
                return
            except Transient:
                task = await self.now()
            except Stop as stop:
                self.cut = True
                task = await self.now()
                assert task.run is not None
                await journal(task.run.to(RunState.STOPPED, reason=stop.reason, remedy=stop.remedy))
                return
        raise AssertionError("it fails again and again")

    @property
    def worked_on(self) -> Counter[str]:
        """How many runs took each thing that was said."""
        return Counter(one for said in self.taken.values() for one in said)
