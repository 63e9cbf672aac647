"""What is done to an open merge request besides pushing to it."""

from typing import Protocol

from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest


class Review(Protocol):
    """GitLab's side of a review, or what stands for it; every call may be repeated."""

    async def answer(self, project: str, iid: int, *, discussion: str, text: str, key: str) -> None:
        """Write a reply into a discussion, once per key."""

    async def resolve(self, project: str, iid: int, *, discussion: str) -> None:
        """Mark a discussion as resolved; one that cannot be is left alone."""

    async def merge_when_approved(self, project: str, iid: int, *, sha: Sha) -> MergeRequest:
        """Ask for the merge of exactly this head, now or as soon as nothing stands against it.

        The merge request afterwards: merged, or still open and set to merge. Raises Stop naming the missing
        right or the change that stands against it.
        """

    async def close(self, project: str, iid: int) -> MergeRequest:
        """Close it; raises Stop when it was merged meanwhile."""

    async def retarget(self, project: str, iid: int, *, branch: str) -> None:
        """Make it one for another branch."""
