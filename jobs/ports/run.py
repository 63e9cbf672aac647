"""What a run works with: its engine, its record, what is kept and shared."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from jobs.domain.brief import Brief, Work
from jobs.domain.budget import Spend
from jobs.domain.feedback import Feedback
from jobs.domain.ledger import Shortage
from jobs.domain.question import Question
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.ports.workspace import Workspace


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

    async def feedback(self, task: str) -> tuple[Feedback, ...]:
        """What was said since the run last asked, oldest first."""


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
