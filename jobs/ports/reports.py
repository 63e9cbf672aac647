"""What a verification leaves in GitLab beside the merge request's words."""

from typing import Protocol

from jobs.domain.patch import Sha
from jobs.domain.remark import CommitState, Remark


class Reports(Protocol):
    """Files, a commit status, threads on lines and one note."""

    async def upload(self, project: str, *, name: str, content: bytes) -> str:
        """Put a file up and return a Markdown link to it."""

    async def status(self, project: str, commit: Sha, state: CommitState, *, text: str, url: str) -> None:
        """Set the status `codegen/verify` of a commit; setting it twice changes nothing."""

    async def remarked(self, project: str, iid: int) -> frozenset[str]:
        """Keys of everything we ever remarked on a merge request, resolved or not."""

    async def remark(self, project: str, iid: int, remark: Remark, *, head: Sha) -> bool:
        """Open a thread on a line of the head; False when the merge request does not show that line."""

    async def note(self, project: str, iid: int, *, key: str, body: str) -> None:
        """Put a plain note with this key, or rewrite the one that has it."""
