"""Where a repository's code is looked at, changed and run."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Patch, Sha
from jobs.domain.review import Repository


class Command(Frozen):
    """One command for the sandbox; nothing of a repository runs any other way."""

    argv: tuple[str, ...]
    """Program and arguments; `{in}` and `{out}` stand for the directories of `files` and of `collect`."""
    cwd: str = "."
    """Directory, from the repository's root."""
    env: Mapping[str, str] = {}
    """Added to the sandbox's own small environment; `{in}` and `{out}` as in argv."""
    timeout: float = 600.0
    """Wall clock in seconds, then SIGKILL to the whole group."""
    output_limit: int = 1_000_000
    """Bytes of output kept (half head, half tail); the rest is drained and dropped."""
    stdin: bytes = b""
    """What the command reads; then end of file."""
    files: Mapping[str, bytes] = {}
    """Files the command sees read-only under `{in}`, outside the tree."""
    mounts: tuple[str, ...] = ()
    """The operator's directories that the command sees read-only at their own path; never a repository's."""
    covered: Mapping[str, str] = {}
    """Paths in the tree, there and no links → the file or folder of ours seen in their place, read-only."""
    waits: bool = False
    """True: it mostly waits for something outside, so it takes no turn at the machine's cores."""
    collect: bool = False
    """True: `{out}` is a fresh writable directory outside the tree, with an unguessable name."""


class Result(Frozen):
    """How a sandboxed command ended."""

    exit_code: int | None
    """None when it was killed at the timeout; 128 + n for signal n."""
    output: str
    """Standard output and error in one, decoded with replacement."""
    truncated: bool = False
    """True when output was dropped."""
    timed_out: bool = False
    """True when the wall clock ended it."""
    seconds: float = 0.0
    """How long it took."""
    cpu_seconds: float = 0.0
    """Processor time of the command and everything it started."""
    files: Mapping[str, bytes] = {}
    """Regular files found under `{out}`: relative path → content; 16 MiB together at most."""


class Workspace(Protocol):
    """A checkout plus its sandbox; every command and every git call enters its one holder process."""

    @property
    def start(self) -> Sha:
        """The commit it was opened at."""

    async def run(self, command: Command) -> Result:
        """Run a command in the sandbox: no network, no credentials, only this tree and the environment."""

    async def read(self, path: str) -> bytes | None:
        """A regular file's bytes (16 MiB at most), no link followed; None when there is none."""

    async def apply(self, diff: str) -> None:
        """Apply a git diff to the tree; raises Stop when it does not apply."""

    async def patch(self, *, since: Sha | None = None) -> Patch:
        """What the tree has become since a commit (`start`), untracked files included, ignored ones not."""

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        """Merge a commit into the untouched tree; the paths where git could not, left with its markers."""

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        """Commit the tree on `parent`, and on `merged` if given; the same of everything gives the same id."""

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        """Push with a lease on `expect` (None: the branch is new); raises BranchMoved when refused so."""


class BranchMoved(Exception):
    """The remote branch is not where it was expected."""


class Workspaces(Protocol):
    """Where checkouts come from."""

    async def resolve(self, repository: Repository, revision: str) -> Sha:
        """The commit that a branch, tag or id names; raises Stop naming the repository or the revision."""

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        """The best common ancestor of two commits."""

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        """The patch from one commit to another."""

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        """A file's bytes at a commit, None when absent; nothing is checked out."""

    def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AbstractAsyncContextManager[Workspace]:
        """A fresh tree at `commit`, with a read-only environment directory mounted at its own path."""
