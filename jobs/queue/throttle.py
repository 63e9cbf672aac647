"""A forge that keeps to the host's rate."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository
from jobs.errors import Transient
from jobs.ports import Forge, Gate

T = TypeVar("T")


class ThrottledForge:
    """ports.Forge: asks the gate before each call, as often as the call makes requests."""

    def __init__(self, forge: Forge, gate: Gate, host: str) -> None:
        self._forge = forge
        self._gate = gate
        self._host = host

    async def repository(self, path: str) -> Repository:
        """A project by its full path."""
        return await self._call(lambda: self._forge.repository(path))

    async def catalogue(self) -> tuple[Repository, ...]:
        """Every project the token can push to."""
        return await self._call(self._forge.catalogue, cost=10)

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        """A branch's commit."""
        return await self._call(lambda: self._forge.branch_head(project, branch))

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        """The newest merge request from that branch."""
        return await self._call(lambda: self._forge.find_merge_request(project, source_branch))

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        """Open or update the merge request."""
        return await self._call(lambda: self._forge.put_merge_request(proposal), cost=4)

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        """What CI says of exactly this commit."""
        return await self._call(lambda: self._forge.pipeline_status(project, commit))

    async def _call(self, call: Callable[[], Awaitable[T]], *, cost: int = 1) -> T:
        await self._gate.gitlab(self._host, cost=cost)
        try:
            return await call()
        except Transient as passing:
            if passing.limited:
                await self._gate.gitlab_limited(self._host, passing.retry_after)
            raise
