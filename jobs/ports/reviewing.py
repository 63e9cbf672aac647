"""Who could review a change, and how much they have to review already."""

from typing import Protocol

from jobs.domain.patch import Sha


class Reviewing(Protocol):
    """GitLab's people, or what stands for them."""

    async def open_reviews(self, username: str) -> int:
        """How many open merge requests of this token a person is asked to review."""

    async def authors(self, project: str, commit: Sha, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Members who last changed these files before a commit, most of them first."""
