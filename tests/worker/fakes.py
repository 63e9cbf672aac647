"""What a worker works with, in memory: a scripted pipeline, a forge and a thread that keep what they got."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from jobs.domain.brief import Brief, Work
from jobs.domain.intake import GateTable
from jobs.domain.operating import WorkerTable
from jobs.domain.patch import Patch, Sha
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.ports import Journal, Message, Messenger, Note, Tools, Workshop, Workspace, Workspaces
from jobs.queue.artifacts import RedisArtifacts
from jobs.queue.inbox import StoreInbox
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.settings import OperatorFile, RepositorySettings, WorkerSettings
from jobs.worker.serve import Process
from tests.factories import SHA, a_merge_request, a_patch, a_repository, a_verdict
from tests.fakes import FakeReports, FakeReview

Pipeline = Callable[[Task, Tools, Journal], Awaitable[Run]]


class FakeForge:
    def __init__(self) -> None:
        self.opened: list[Proposal] = []
        self.fault: Exception | None = None
        """Raised for every look at a project while it is set."""
        self.pipeline = PipelineStatus.NONE

    async def repository(self, path: str) -> Repository:
        if self.fault is not None:
            raise self.fault
        return a_repository(path=path)

    async def catalogue(self) -> tuple[Repository, ...]:
        return (a_repository(), a_repository(path="not/listed"))

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        return None

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        return None

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        self.opened.append(proposal)
        return a_merge_request(draft=True)

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        return self.pipeline


class FakeMessenger:
    """Keeps every version of every message; `fault` is raised while it is set."""

    def __init__(self) -> None:
        self.versions: list[Message] = []
        self.fault: Exception | None = None
        self.files: dict[str, str] = {}
        self.told: list[tuple[str, str]] = []
        self.spoke = asyncio.Event()

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        if self.fault is not None:
            raise self.fault
        self.versions.append(message)
        self.spoke.set()
        return ts or "1700000000.000900"

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        if self.fault is not None:
            raise self.fault
        self.files[key] = content
        return f"https://slack.example/files/{key}"

    async def tell(self, person: str, text: str) -> None:
        self.told.append((person, text))

    async def tidy(self, message: Message) -> str | None:
        return None

    async def permalink(self, channel: str, ts: str) -> str:
        return f"https://slack.example/{channel}/{ts}"

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.versions]


class NoWorkspaces:
    async def resolve(self, repository: Repository, revision: str) -> Sha:
        return SHA

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        raise AssertionError("the scripted pipeline opens no workspace")

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        raise AssertionError("the scripted pipeline opens no workspace")

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        return None

    def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AbstractAsyncContextManager[Workspace]:
        raise AssertionError("the scripted pipeline opens no workspace")


class NoEngine:
    name = "none"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        raise AssertionError("the scripted pipeline has its own engine")


class NoCache:
    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        return await compute()


class UtcClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def announce(task: Task, messenger: Messenger) -> Task:
    """One message per task, its text the states of task and run."""
    if task.thread is None:
        return task
    text = f"{task.state}/{task.run.state if task.run else '-'}/{task.run.step if task.run else ''}"
    message = Message(channel=task.thread.channel, text=text, blocks=(), key=f"{task.id}/head")
    ts = await messenger.put(message, ts=task.thread.ts)
    return task.note(thread=task.thread.model_copy(update={"ts": ts}))


async def no_probe() -> None:
    return None


async def all_phases(task: Task, tools: Tools, journal: Journal) -> Run:
    """Every phase that is not finished yet, each in no time."""
    assert task.run is not None
    run = task.run
    if run.state is RunState.PREPARING:
        run = await journal(run.to(RunState.GENERATING, round=1))
    if run.state is RunState.GENERATING:
        run = await journal(run.to(RunState.VERIFYING, patch=a_patch()))
    if run.state is RunState.VERIFYING:
        run = await journal(run.to(RunState.OPENING, verdict=a_verdict()))
    merge_request = await tools.forge.put_merge_request(a_proposal(task))
    return await journal(run.to(RunState.DELIVERED, merge_request=merge_request))


def a_proposal(task: Task) -> Proposal:
    return Proposal(
        project=task.spec.repository,
        source_branch=f"codegen/{task.id}",
        target_branch="main",
        title=task.spec.title,
        description="…",
        draft=True,
    )


@dataclass
class Fakes:
    """A workshop and what it kept."""

    store: Store
    execute: Pipeline = all_phases
    forge: FakeForge = field(default_factory=FakeForge)
    review: FakeReview = field(default_factory=FakeReview)
    reports: FakeReports = field(default_factory=FakeReports)
    workspaces: Workspaces = field(default_factory=NoWorkspaces)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    probe: Callable[[], Awaitable[None]] = no_probe

    def workshop(self) -> Workshop:
        tools = Tools(
            forge=self.forge,
            review=self.review,
            reports=self.reports,
            workspaces=self.workspaces,
            engine=NoEngine(),
            artifacts=RedisArtifacts(self.store.connection),
            cache=NoCache(),
            inbox=StoreInbox(self.store),
            clock=UtcClock(),
            operator=a_settings("").operator,
        )
        return Workshop(
            tools=tools,
            messenger=self.messenger,
            execute=self.execute,
            announce=announce,
            probe=self.probe,
        )

    @asynccontextmanager
    async def build(self, settings: WorkerSettings) -> AsyncIterator[Workshop]:
        yield self.workshop()


def a_settings(redis_url: str, **table: object) -> WorkerSettings:
    worker = WorkerTable.model_validate({"runs": 4, "lease_seconds": 1.0, "grace_seconds": 0.2} | table)
    listed = {"payments/api": RepositorySettings(maintainers=("U0MAX",))}
    return WorkerSettings(
        redis_url=SecretStr(redis_url),
        slack_bot_token=SecretStr("xoxb-secret"),
        slack_api_url="http://127.0.0.1:1/api/",
        gitlab_url="http://127.0.0.1:1",
        gitlab_token=SecretStr("glpat-secret"),
        model=None,
        home=Path("unused"),
        operator=OperatorFile(
            repositories=listed, operators=("U0OPS",), worker=worker, gate=GateTable(suite=False)
        ),
    )


@asynccontextmanager
async def at_work(
    store: Store, queue: Queue, workshop: Workshop, settings: WorkerSettings | None = None
) -> AsyncIterator[Process]:
    """A worker in this process, for as long as the block lasts."""
    process = Process(store, queue, workshop, settings or a_settings(""))
    stop = asyncio.Event()
    work = asyncio.create_task(process.work(stop))
    try:
        yield process
    finally:
        stop.set()
        await work


async def until(store: Store, task_id: str, wanted: Callable[[Task], bool], *, seconds: float = 60) -> Task:
    """The task once it is as wanted, woken by the change feed."""
    async with store.changes() as news, asyncio.timeout(seconds):
        while True:
            task = await store.get(task_id)
            if task is not None and wanted(task):
                return task
            await anext(news)
