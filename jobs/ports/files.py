"""Single files of a repository's default branch, read without a checkout."""

from typing import Protocol


class Files(Protocol):
    """What the forge shows of a tree."""

    async def file(self, project: str, branch: str, path: str) -> bytes | None:
        """A file's bytes at a branch's head, None without one; raises Stop or Transient."""
