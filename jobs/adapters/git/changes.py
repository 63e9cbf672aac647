"""A Patch from two trees, as git's plumbing tells it; no attribute of the repository has a say."""

import asyncio
from collections.abc import Awaitable, Callable

from jobs.domain.patch import ChangeStatus, FileChange, Patch, Sha

Git = Callable[..., Awaitable[bytes]]
"""Runs git with the words given, without a work tree; returns its standard output."""

# A repository's attributes could declare text binary and so hide it: bare, git reads none.
_DIFF = ("-c", "core.bare=true", "-c", "diff.renames=true", "-c", "diff.renameLimit=2000")
_SHAPE = ("diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
_STATUS = {
    "A": ChangeStatus.ADDED,
    "D": ChangeStatus.DELETED,
    "R": ChangeStatus.RENAMED,
}


async def patch_between(git: Git, *, start: Sha, old: str, tree: str) -> Patch:
    """The patch from the tree of `old` to `tree`."""
    facts, diff = await asyncio.gather(
        git(*_DIFF, *_SHAPE, "--raw", "--numstat", "-z", "--abbrev=40", old, tree),
        git(*_DIFF, *_SHAPE, "-p", "--binary", "--full-index", old, tree),
    )
    return Patch(start=start, tree=tree, diff=_text(diff), files=parse(facts))


def parse(facts: bytes) -> tuple[FileChange, ...]:
    """Files from the output of `diff-tree --raw --numstat -z`."""
    fields = facts.split(b"\0")
    changes: dict[bytes, FileChange] = {}
    at = 0
    while at < len(fields) and fields[at].startswith(b":"):
        change, path, at = _raw(fields, at)
        changes[path] = change
    while at < len(fields) and fields[at]:
        path, counts, at = _counts(fields, at)
        changes[path] = changes[path].model_copy(update=counts)
    return tuple(changes[path] for path in sorted(changes))


def _raw(fields: list[bytes], at: int) -> tuple[FileChange, bytes, int]:
    old_mode, new_mode, _, _, status = fields[at][1:].decode().split(" ")
    kind = _STATUS.get(status[0], ChangeStatus.MODIFIED)
    renamed = kind is ChangeStatus.RENAMED
    path = fields[at + 2] if renamed else fields[at + 1]
    change = FileChange(
        path=_text(path),
        old_path=_text(fields[at + 1]) if renamed else None,
        status=kind,
        mode=old_mode if kind is ChangeStatus.DELETED else new_mode,
    )
    return change, path, at + (3 if renamed else 2)


def _counts(fields: list[bytes], at: int) -> tuple[bytes, dict[str, object], int]:
    added, removed, path = fields[at].split(b"\t", 2)
    after = at + 1
    if not path:
        path, after = fields[at + 2], at + 3
    if added == b"-":
        return path, {"binary": True}, after
    return path, {"added": int(added), "removed": int(removed)}, after


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
