"""Looking at open merge requests, and the few things that are done to them between runs."""

from datetime import datetime
from typing import Protocol

from jobs.domain.base_model import Frozen
from jobs.domain.observed import FailedJob, Listed, Sight
from jobs.domain.review import MergeRequest


class Edit(Frozen):
    """What to change about a merge request; None leaves it as it is."""

    title: str | None = None
    """The whole title, with or without its draft prefix."""
    reviewers: tuple[str, ...] | None = None
    """Usernames to ask for review."""
    description: str | None = None
    """The whole description."""


class Watch(Protocol):
    """GitLab between two runs, or what stands for it."""

    async def look(self, request: MergeRequest, *, known: Sight | None = None) -> Sight:
        """Everything about a merge request now; raises Stop when it is gone, refused or archived.

        What cannot have changed since `known` is taken from there; None asks for everything. Its project
        may be called otherwise by now.
        """

    async def changed_since(self, moment: datetime) -> tuple[Listed, ...]:
        """Every merge request this token opened that changed since, in one request per hundred."""

    async def failed_jobs(self, project: str, pipeline: int) -> tuple[FailedJob, ...]:
        """The jobs that failed a pipeline, each with the end of its log and the tests it reports."""

    async def retry_job(self, project: str, job: int) -> None:
        """Run a job again; one that was run again already is left alone."""

    async def edit(self, project: str, iid: int, edit: Edit) -> None:
        """Change title, reviewers or description."""

    async def open_reviews(self, username: str) -> int:
        """How many open merge requests of this token a person is asked to review."""
