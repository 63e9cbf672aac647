"""Merge requests of others, as far as a new spec may repeat them."""

from typing import Protocol

from jobs.domain.review import MergeRequest


class OpenRequests(Protocol):
    """What is being reviewed in a project right now."""

    async def open_requests(self, project: str) -> tuple[MergeRequest, ...]:
        """The newest open merge requests, 100 at most."""
