"""What `codegen run` uses in place of Redis and GitLab: memory, and the repository as it lies there."""

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import JsonValue

from jobs.domain.event import GENESIS, Event, seal
from jobs.domain.feedback import Feedback
from jobs.domain.patch import Sha
from jobs.domain.remark import CommitState, Remark
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository
from jobs.domain.run import Run
from jobs.errors import Stop


class LocalForge:
    """ports.Forge of one local repository: nothing can be opened there."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def repository(self, path: str) -> Repository:
        """The one repository, whatever the spec calls it."""
        del path
        return self._repository

    async def catalogue(self) -> tuple[Repository, ...]:
        """The one repository."""
        return (self._repository,)

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        """Always None: every local run starts from the target branch."""
        del project, branch
        return None

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        """Always None."""
        del project, source_branch
        return None

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        """Raises Stop: a folder has no merge requests."""
        raise Stop(f"{proposal.project} is a local repository.", remedy="Use --open with GITLAB_URL set.")

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        """Always NONE."""
        del project, commit
        return PipelineStatus.NONE


class NoReports:
    """ports.Reports where there is no GitLab: nothing is opened, so nothing can be said of it."""

    async def upload(self, project: str, *, name: str, content: bytes) -> str:
        """Raises Stop."""
        raise _nowhere(project)

    async def status(self, project: str, commit: Sha, state: CommitState, *, text: str, url: str) -> None:
        """Raises Stop."""
        raise _nowhere(project)

    async def remarked(self, project: str, iid: int) -> frozenset[str]:
        """Raises Stop."""
        raise _nowhere(project)

    async def remark(self, project: str, iid: int, remark: Remark, *, head: Sha) -> bool:
        """Raises Stop."""
        raise _nowhere(project)

    async def note(self, project: str, iid: int, *, key: str, body: str) -> None:
        """Raises Stop."""
        raise _nowhere(project)


class MemoryArtifacts:
    """ports.Artifacts for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    async def put(self, key: str, content: bytes) -> str:
        """Keep it."""
        self._kept[key] = content
        return key

    async def get(self, key: str) -> bytes | None:
        """What was kept."""
        return self._kept.get(key)


class TerminalJournal:
    """ports.Journal at a terminal: a chain of events in memory, each run shown as it changes."""

    def __init__(self, show: Callable[[Run], None]) -> None:
        self.run: Run | None = None
        self._show = show
        self._events: list[Event] = []

    async def __call__(self, run: Run) -> Run:
        """Chain an event for a new state, and show the run."""
        if self.run is None or self.run.state is not run.state:
            facts: dict[str, JsonValue] = {"state": run.state.value, "round": run.round}
            self._events.append(
                seal(
                    task=run.task,
                    seq=len(self._events),
                    at=datetime.now(UTC),
                    kind=f"run.{run.state}",
                    facts=facts,
                    prev=await self.chain_head(),
                )
            )
        self.run = run
        self._show(run)
        return run

    async def chain_head(self) -> str:
        """Hash of the last event."""
        return self._events[-1].hash if self._events else GENESIS


class NobodyCancels:
    """ports.Inbox at a terminal: Ctrl-C is the way to cancel."""

    async def cancelled_by(self, task: str) -> str | None:
        """Always None."""
        del task
        return None

    async def feedback(self, task: str) -> tuple[Feedback, ...]:
        """Always nothing."""
        del task
        return ()


class NoReview:
    """ports.Review of a local run: nobody reviews there."""

    async def answer(self, project: str, iid: int, *, discussion: str, text: str, key: str) -> None:
        """Raises Stop."""
        raise _nowhere(project)

    async def resolve(self, project: str, iid: int, *, discussion: str) -> None:
        """Raises Stop."""
        raise _nowhere(project)

    async def note(self, project: str, iid: int, *, text: str, key: str) -> None:
        """Raises Stop."""
        raise _nowhere(project)

    async def merge_when_approved(self, project: str, iid: int, *, sha: Sha) -> MergeRequest:
        """Raises Stop."""
        raise _nowhere(project)

    async def close(self, project: str, iid: int) -> MergeRequest:
        """Raises Stop."""
        raise _nowhere(project)

    async def retarget(self, project: str, iid: int, *, branch: str) -> None:
        """Raises Stop."""
        raise _nowhere(project)


def _nowhere(project: str) -> Stop:
    return Stop(f"{project} is a local repository.", remedy="Use --open with GITLAB_URL set.")
