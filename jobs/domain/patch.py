"""What a run changed: start → head."""

from enum import StrEnum

from jobs.domain.base_model import Frozen

Sha = str
"""A full git object id, 40 lowercase hexadecimal digits."""


class ChangeStatus(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"


class FileChange(Frozen):
    """One file of a patch."""

    path: str
    """Path from the repository's root, after the change; undecodable bytes as surrogate escapes."""
    old_path: str | None = None
    """Path before a rename."""
    status: ChangeStatus
    """What happened."""
    mode: str = "100644"
    """Git's file mode afterwards (before, for a deletion): 100644, 100755, 120000 link, 160000 submodule."""
    added: int = 0
    """Lines added; 0 for a binary file."""
    removed: int = 0
    """Lines removed; 0 for a binary file."""
    binary: bool = False
    """True when git shows no text lines."""


LARGEST = 3
"""Files of a change that are told as its largest."""


class Extent(Frozen):
    """How large a change is."""

    files: int = 0
    """Files it touches."""
    added: int = 0
    """Lines added."""
    removed: int = 0
    """Lines removed."""
    largest: tuple[FileChange, ...] = ()
    """The files with most changed lines, the largest first."""


class HandedOver(Frozen):
    """A change that stands in the thread as a file."""

    run: str
    """Id of the run whose change it is."""
    url: str
    """Where the file is; empty when Slack did not say."""


class Patch(Frozen):
    """A change as git would apply it, with the files it touches."""

    start: Sha
    """The commit this run began from."""
    tree: Sha
    """Id of the tree after the change."""
    diff: str
    """`git diff --binary --full-index` from start to tree; undecodable bytes as surrogate escapes."""
    files: tuple[FileChange, ...]
    """What it touches, sorted by path."""

    @property
    def empty(self) -> bool:
        """True when nothing changed."""
        return not self.files

    @property
    def extent(self) -> Extent:
        """How large it is."""
        ranked = sorted(self.files, key=lambda one: (-(one.added + one.removed), one.path))
        return Extent(
            files=len(self.files),
            added=sum(one.added for one in self.files),
            removed=sum(one.removed for one in self.files),
            largest=tuple(ranked[:LARGEST]),
        )
