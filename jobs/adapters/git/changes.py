"""A Patch from two trees, as git's plumbing tells it; no attribute of the repository has a say."""

from jobs.domain.patch import ChangeStatus, FileChange, Patch, Sha

# Our git directories say that they are bare. Without a work tree git then reads no attributes: a
# repository's own could declare text binary and so hide it.
SCRIPT = """
cd /
unset GIT_WORK_TREE
shape='-r -M --no-ext-diff --no-textconv --ignore-submodules=none'
settings='-c diff.renameLimit=2000'
facts=$(mktemp)
git $settings diff-tree $shape --raw --numstat -z --abbrev=40 "$1" "$2" >"$facts"
echo "$2"
wc -c <"$facts"
cat "$facts"
rm "$facts"
git $settings diff-tree $shape -p --binary --full-index "$1" "$2"
"""
"""Shell: prints tree $2, the length of the facts, the facts, and the diff from $1 to $2."""

_STATUS = {
    "A": ChangeStatus.ADDED,
    "D": ChangeStatus.DELETED,
    "R": ChangeStatus.RENAMED,
}


def patch_from(output: bytes, *, start: Sha) -> Patch:
    """The patch that SCRIPT printed."""
    tree, length, rest = output.split(b"\n", 2)
    facts, diff = rest[: int(length)], rest[int(length) :]
    return Patch(start=start, tree=tree.decode(), diff=_text(diff), files=parse(facts))


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
