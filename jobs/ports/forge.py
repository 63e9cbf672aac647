"""GitLab's side of a run, or what stands for it."""

from typing import Protocol

from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository


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
