"""What is said about a commit and its lines in GitLab."""

from enum import StrEnum

from jobs.domain.base_model import Frozen


class CommitState(StrEnum):
    """What a commit status says, in GitLab's words."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


class Remark(Frozen):
    """One finding, as a thread on its line."""

    key: str
    """Which finding: the same one has the same key, wherever its line moves."""
    path: str
    """File, from the repository's root."""
    line: int
    """Line after the change, from 1."""
    body: str
    """GitLab Markdown, neutralised, with its mark."""


def mark(key: str) -> str:
    """The mark, invisible to people, by which something said before is found again."""
    return f"<!-- codegen:{key} -->"
