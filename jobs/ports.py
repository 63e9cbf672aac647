"""What the pipeline needs from outside, as protocols: one screen, no vendor."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from jobs.domain.base_model import Frozen
from jobs.domain.brief import Brief, Work
from jobs.domain.budget import Spend
from jobs.domain.ledger import Shortage
from jobs.domain.patch import Patch, Sha
from jobs.domain.question import Question
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.settings import OperatorFile


class Command(Frozen):
    """One command for the sandbox; nothing of a repository runs any other way."""

    argv: tuple[str, ...]
    """Program and arguments; `{in}` and `{out}` stand for the directories of `files` and of `collect`."""
    cwd: str = "."
    """Directory, from the repository's root."""
    env: Mapping[str, str] = {}
    """Added to the sandbox's own small environment; `{in}` and `{out}` as in argv."""
    timeout: float = 600.0
    """Wall clock in seconds, then SIGKILL to the whole group."""
    output_limit: int = 1_000_000
    """Bytes of output kept (half head, half tail); the rest is drained and dropped."""
    stdin: bytes = b""
    """What the command reads; then end of file."""
    files: Mapping[str, bytes] = {}
    """Files the command sees read-only under `{in}`, outside the tree."""
    mounts: tuple[str, ...] = ()
    """The operator's directories that the command sees read-only at their own path; never a repository's."""
    collect: bool = False
    """True: `{out}` is a fresh writable directory outside the tree, with an unguessable name."""


class Result(Frozen):
    """How a sandboxed command ended."""

    exit_code: int | None
    """None when it was killed at the timeout; 128 + n for signal n."""
    output: str
    """Standard output and error in one, decoded with replacement."""
    truncated: bool = False
    """True when output was dropped."""
    timed_out: bool = False
    """True when the wall clock ended it."""
    seconds: float = 0.0
    """How long it took."""
    cpu_seconds: float = 0.0
    """Processor time of the command and everything it started."""
    files: Mapping[str, bytes] = {}
    """Regular files found under `{out}`: relative path → content; 16 MiB together at most."""


class Workspace(Protocol):
    """A checkout plus its sandbox; every command and every git call enters its one holder process."""

    @property
    def start(self) -> Sha:
        """The commit it was opened at."""

    async def run(self, command: Command) -> Result:
        """Run a command in the sandbox: no network, no credentials, only this tree and the environment."""

    async def read(self, path: str) -> bytes | None:
        """A regular file's bytes (16 MiB at most), no link followed; None when there is none."""

    async def apply(self, diff: str) -> None:
        """Apply a git diff to the tree; raises Stop when it does not apply."""

    async def patch(self, *, since: Sha | None = None) -> Patch:
        """What the tree has become since a commit (`start`), untracked files included, ignored ones not."""

    async def commit(self, *, message: str, at: datetime, parent: Sha) -> Sha:
        """Commit the tree on `parent`; the same tree, message, parent and time give the same id."""

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        """Push with a lease on `expect` (None: the branch is new); raises BranchMoved when refused so."""


class BranchMoved(Exception):
    """The remote branch is not where it was expected."""


class Workspaces(Protocol):
    """Where checkouts come from."""

    async def resolve(self, repository: Repository, revision: str) -> Sha:
        """The commit that a branch, tag or id names; raises Stop naming the repository or the revision."""

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        """The best common ancestor of two commits."""

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        """The patch from one commit to another."""

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        """A file's bytes at a commit, None when absent; nothing is checked out."""

    def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AbstractAsyncContextManager[Workspace]:
        """A fresh tree at `commit`, with a read-only environment directory mounted at its own path."""


class Forge(Protocol):
    """GitLab, or what stands for it."""

    async def repository(self, path: str) -> Repository:
        """A project by its full path; raises Stop naming it when missing or refused."""

    async def catalogue(self) -> tuple[Repository, ...]:
        """Every project the token can push to."""

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        """A branch's commit, or None when there is no such branch."""

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        """The newest merge request from that branch, in whatever state."""

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        """Open the merge request, or update the open one of that branch; raises Stop on a closed one."""

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        """What CI says of exactly this commit."""


class Message(Frozen):
    """A message for a thread, ready to send."""

    channel: str
    """Channel id."""
    thread_ts: str | None = None
    """Head message's timestamp; None posts at top level."""
    text: str
    """Fallback for notifications and screen readers."""
    blocks: tuple[dict[str, JsonValue], ...]
    """Block Kit, within Slack's limits."""
    key: str
    """What this message is, such as cg-1a2b3c4d/head: at most one message carries it."""


class Messenger(Protocol):
    """Slack's side of the conversation, or what stands for it."""

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update the message at `ts`, else the one with the same key, else post it; returns its timestamp."""

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> None:
        """Put a text file into a thread, once per key."""

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""


class Note(Protocol):
    """Records progress of the current run without a change of state; a fact left out stays as it was."""

    async def __call__(
        self,
        *,
        step: str | None = None,
        spend: Spend | None = None,
        conversation: bytes | None = None,
        assumptions: tuple[Question, ...] | None = None,
    ) -> None:
        """Note the step in a few words, this call's spend so far, messages to resume from, assumptions."""


class Engine(Protocol):
    """Something that changes a tree towards a brief."""

    @property
    def name(self) -> str:
        """Engine and model, such as agent:openai:gpt-5."""

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        """One round of work; raises Exhausted at a cap and Stop when the model cannot be used."""


class Artifacts(Protocol):
    """Bytes too large for a record, kept for a resume or a reader."""

    async def put(self, key: str, content: bytes) -> str:
        """Store and return the key."""

    async def get(self, key: str) -> bytes | None:
        """What is stored, or None."""


class Cache(Protocol):
    """Results that are the same for everybody, such as the suite on a target base."""

    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """The stored result, or what `compute` gives; concurrent callers of one key wait for the first."""


class Ledger(Protocol):
    """Budgets over many runs; reserving and settling are part of the writes that begin and end a run."""

    async def shortage(self, task: Task) -> Shortage | None:
        """What the task's next run lacks now, or None when it could start."""


class Inbox(Protocol):
    """What people said while a run was going on."""

    async def cancelled_by(self, task: str) -> str | None:
        """Name of the person who cancelled, or None."""


class Journal(Protocol):
    """The record of one run: every change is saved, then announced."""

    async def __call__(self, run: Run) -> Run:
        """Save and announce; returns the run as saved; raises LostLease when another worker owns it."""

    async def chain_head(self) -> str:
        """Hash of the task's last event, for a trailer that the audit compares with."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, with time zone UTC."""


@dataclass(frozen=True)
class Tools:
    """Everything the pipeline works with."""

    forge: Forge
    workspaces: Workspaces
    engine: Engine
    artifacts: Artifacts
    cache: Cache
    inbox: Inbox
    clock: Clock
    operator: OperatorFile
    """What the operator decides per repository: environment, suite, reviewers."""


class Execute(Protocol):
    """The pipeline: carries a task's run from where it stands to its end."""

    def __call__(self, task: Task, tools: Tools, journal: Journal, /) -> Awaitable[Run]:
        """The ended run; raises Stop for an expected end and LostLease when another worker owns the task."""


class Announce(Protocol):
    """Brings a task's thread up to date."""

    def __call__(self, task: Task, messenger: Messenger, /) -> Awaitable[Task]:
        """The task with its head message's timestamp; raises Stop or Transient when Slack refuses."""


@dataclass(frozen=True)
class Workshop:
    """What a worker needs to carry out tasks and to speak of them."""

    tools: Tools
    messenger: Messenger
    execute: Execute
    announce: Announce
    probe: Callable[[], Awaitable[None]]
    """Raises Stop when nothing can be run safely on this machine."""
