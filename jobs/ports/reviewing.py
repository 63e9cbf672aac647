"""Who could review a change, and how much they have to review already."""

from collections.abc import Mapping
from typing import Protocol

from jobs.domain.patch import Sha


class Reviewing(Protocol):
    """GitLab's people, or what stands for them."""

    async def open_reviews(self, username: str) -> int:
        """How many open merge requests of this token a person is asked to review."""

    async def authors(
        self, project: str, commit: Sha, lines: Mapping[str, tuple[int, int]]
    ) -> tuple[str, ...]:
        """Members who last changed these lines of files at a commit, who wrote most of them first."""
