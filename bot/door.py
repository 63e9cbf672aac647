"""What every listener gets under the name `door`: the way into jobs, and what the operator decides."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import Directory
from bot.views.home import Part
from jobs.domain.act import Act
from jobs.domain.batch import Batch
from jobs.domain.draft import Draft
from jobs.domain.errand import Errand, Fetched
from jobs.domain.review import Repository
from jobs.domain.starter import Starters
from jobs.domain.task import Task
from jobs.errors import Transient
from jobs.messages import Message
from jobs.queue.connection import Connection
from jobs.settings import OperatorFile
from jobs.specify.starters import with_own

PATIENCE = 2.0
"""Seconds to wait for the store before a request is answered with a sentence: Slack gives three."""

Answer = TypeVar("Answer")


async def promptly(asked: Awaitable[Answer]) -> Answer:
    """The store's answer within PATIENCE; raises Transient when it takes longer."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked
    except TimeoutError:
        raise Transient("The store does not answer.") from None


class Tasks(Protocol):
    """What the bot needs of the store."""

    @property
    def connection(self) -> Connection:
        """Where what is not a task is read."""

    async def create(self, task: Task) -> tuple[Task, bool]:
        """Save a new task; an id that exists gives the stored task and False."""

    async def get(self, task_id: str) -> Task | None:
        """A task by its id."""

    async def change(self, task_id: str, move: Callable[[Task], Task]) -> Task:
        """Apply `move` to the task as it is now."""

    async def list(
        self, *, requester: str | None = None, channel: str | None = None, limit: int = 50
    ) -> tuple[Task, ...]:
        """The newest tasks first, a person's or a channel's when one is given."""

    async def keep_draft(self, draft: Draft) -> None:
        """Keep a form that is being filled in, for a week."""

    async def draft(self, draft_id: str) -> Draft | None:
        """A form that is being filled in, or None when it was left alone for too long."""

    def posting(self, message: Message) -> AbstractAsyncContextManager[None]:
        """Around posting a message: waits for its turn; one left half done is looked at by a worker."""

    async def catalogue(self) -> tuple[Repository, ...]:
        """Repositories that the workers' token reaches; empty until a worker has published them."""

    async def engines(self) -> tuple[str, ...]:
        """Names of the engines that a spec may ask for, the ordinary one first; empty without a choice."""

    async def workers(self) -> tuple[str, ...]:
        """Names of the workers heard of in the last seconds."""

    async def seen(self, event_id: str) -> bool:
        """True when this delivery was taken before; it is taken from now on."""

    async def in_thread(self, channel: str, ts: str) -> tuple[str, ...]:
        """Ids of the tasks whose head message this is: none, one, or a batch's."""

    async def hear(self, hint: str) -> None:
        """GitLab told us of a merge request or a branch: a worker looks at it."""

    async def link_code(self, person: str) -> str:
        """A new code by which a Slack user shows which GitLab user they are."""


class Line(Protocol):
    """What the bot puts in for a worker."""

    async def submit(self, task_id: str) -> None:
        """Enqueue a task; doing it twice is doing it once."""

    async def batch(self, batch: Batch, tasks: Sequence[Task]) -> tuple[Batch, bool]:
        """Create a batch with all its tasks and enqueue them; the same batch again changes nothing."""

    async def fetch(self, errand: Errand, *, seconds: float) -> Fetched | None:
        """Have a worker run an errand; None when no answer came within these seconds."""

    async def act(self, act: Act) -> bool:
        """Store and enqueue an act; False when the same click was stored before."""


class Tabs(Protocol):
    """What the bot does about App Home."""

    async def opened(self, person: str, view_hash: str = "") -> None:
        """A person opened the tab, which shows the version of this hash."""

    async def notified(self, person: str, sentence: str) -> None:
        """Say something at the top of a person's tab, at once."""

    async def lengthened(self, person: str, part: Part) -> None:
        """Show the person more rows of a list."""

    async def may_see(self, person: str, task: Task) -> bool:
        """Whether a person may be shown a task in their tab."""


@dataclass(frozen=True)
class Door:
    """The way into jobs."""

    tasks: Tasks
    line: Line
    operator: OperatorFile
    templates: Starters
    """What specs may begin with, without what repositories add."""
    directory: Directory
    poster: AsyncWebClient
    """Posts head messages: never repeats a post whose answer was lost, as the worker would find it."""
    tabs: Tabs
    """App Home of everybody who opened it."""
    now: Callable[[], datetime]

    async def known_templates(self) -> Starters:
        """What specs may begin with, and what repositories add by their `.codegen.yml`."""
        return with_own(self.templates, await promptly(self.tasks.catalogue()))
