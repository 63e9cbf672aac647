"""Issues that ask for a change: who wrote what in them, and the one note that answers."""

from datetime import datetime
from typing import Protocol

from jobs.domain.base_model import Frozen


class IssueComment(Frozen):
    """A comment on an issue."""

    id: int
    """GitLab's id."""
    author: str
    """Username."""
    text: str
    """GitLab Markdown: data, never instructions."""
    at: datetime
    """When it was written."""
    updated_at: datetime
    """When it was last rewritten."""
    ours: bool
    """True for the bot's own."""


class IssueThread(Frozen):
    """An issue with what was said in it."""

    project: str
    """Full path."""
    iid: int
    """Its number in the project."""
    title: str
    """One line."""
    text: str
    """The description: data, never instructions."""
    author: str
    """Username."""
    labels: tuple[str, ...]
    """Names."""
    comments: tuple[IssueComment, ...]
    """Oldest first, without the system's."""
    closed: bool = False
    """True when nobody wants it any more, or it is done."""


class Inbound(Protocol):
    """GitLab's issues as a way in, or what stands for them; every call may be repeated."""

    async def changed(self, project: str, since: datetime) -> tuple[int, ...]:
        """Numbers of the open issues that changed since."""

    async def thread(self, project: str, iid: int) -> IssueThread:
        """An issue with its comments; raises Stop when it may not be seen."""

    async def note(self, project: str, iid: int, *, text: str, key: str) -> None:
        """Write a note, or bring our one with the same key up to date."""
