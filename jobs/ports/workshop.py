"""The bundles: what a run gets, and what a worker needs around it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jobs.domain.prompts import NOTHING_OF_ITS_OWN, Library
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.ports.directory import Directory
from jobs.ports.environment import NO_ENVIRONMENTS, Environments
from jobs.ports.files import Files
from jobs.ports.forge import Forge
from jobs.ports.gallery import Gallery
from jobs.ports.inbound import Inbound
from jobs.ports.issues import Issues
from jobs.ports.messenger import Messenger
from jobs.ports.model import Model
from jobs.ports.reports import Reports
from jobs.ports.requests import OpenRequests
from jobs.ports.review import Review
from jobs.ports.reviewing import Reviewing
from jobs.ports.run import Artifacts, Cache, Clock, Engine, Inbox, Journal
from jobs.ports.watch import Watch
from jobs.ports.workspace import Workspaces
from jobs.settings import OperatorFile


@dataclass(frozen=True)
class Tools:
    """Everything the pipeline works with."""

    forge: Forge
    review: Review
    reports: Reports
    workspaces: Workspaces
    engine: Engine
    artifacts: Artifacts
    cache: Cache
    inbox: Inbox
    clock: Clock
    operator: OperatorFile
    """What the operator decides per repository: environment, suite, reviewers."""
    model: Model | None = None
    """Who is asked for a second opinion; None: nobody."""
    issues: Issues | None = None
    """Issues that a spec may begin with; None: none can be seen."""
    requests: OpenRequests | None = None
    """What is being reviewed already; None: nothing is known of it."""
    reviewing: Reviewing | None = None
    """Who could review and how much they have to already; None asks whoever codegen.toml names."""
    environments: Environments = NO_ENVIRONMENTS
    """Builds what the operator does not give; left out, nothing can be built and verdicts say so."""
    engines: Mapping[str, Engine] = field(default_factory=dict)
    """Engines that a spec may ask for, by name; the ordinary one is among them."""
    prompts: Library = NOTHING_OF_ITS_OWN
    """What models are told; left out, what is shipped."""


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
    usable: Callable[[], Awaitable[tuple[str, ...]]] | None = None
    """Names of the engines that answer, the ordinary one first; None offers no choice."""
    inbound: Inbound | None = None
    """Issues as a way in; None takes none."""
    directory: Directory | None = None
    """What Slack knows of channels and groups; None: no mornings, and user groups have no members."""
    watch: Watch | None = None
    """What is seen of open merge requests; None watches none."""
    files: Files | None = None
    """Where repositories' own spec templates are read; None reads none."""
    gallery: Gallery | None = None
    """Where the team's charts are drawn and shown; None draws none."""
