"""A project's bare git repository, driven by plumbing commands with a clean environment."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SEPARATOR = "\x1f"
FORMAT = SEPARATOR.join(("%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"))


class GitError(Exception):
    """Git refused a command of the stand-in; carries its words."""


@dataclass(frozen=True)
class Identity:
    """Who makes a commit and when (seconds since the epoch)."""

    name: str
    email: str
    at: float

    def environment(self) -> dict[str, str]:
        """The identity as git reads it from the environment."""
        when = f"{int(self.at)} +0000"
        return {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", self.name), ("EMAIL", self.email), ("DATE", when))
        }


Changes = dict[str, list[str]]
KINDS = {"A": "added", "D": "removed"}


@dataclass(frozen=True)
class Commit:
    """A commit as `git log` tells it."""

    sha: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    authored: str
    committer_name: str
    committer_email: str
    committed: str
    message: str

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


@dataclass(frozen=True)
class Done:
    """A finished git command."""

    code: int
    out: bytes
    err: str


def clean_environment() -> dict[str, str]:
    """An environment in which git reads no settings of the machine or its user and asks nothing."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_OPTIONAL_LOCKS": "0",
    }


async def run_git(*args: str, cwd: Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
    """Run git in `cwd` and wait for it."""
    process = await asyncio.create_subprocess_exec(
        "git",
        *args,
        cwd=cwd,
        env=clean_environment() | dict(env or {}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin)
    return Done(process.returncode or 0, out, err.decode(errors="replace"))


class Repository:
    """One bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._merged: dict[tuple[str, str], str | None] = {}

    async def git(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """Run git and give its output as text; raises GitError when git fails."""
        return (await self.raw(*args, stdin=stdin, env=env)).decode(errors="replace").strip()

    async def raw(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Run git and give its output as bytes; raises GitError when git fails."""
        done = await run_git(*args, cwd=self.path, stdin=stdin, env=env)
        if done.code != 0:
            raise GitError(done.err.strip() or f"git {args[0]} ended with {done.code}")
        return done.out

    async def refs(self) -> dict[str, str]:
        """Every ref with its commit id."""
        lines = (await self.git("for-each-ref", "--format=%(objectname) %(refname)")).splitlines()
        return {name: sha for sha, _, name in (line.partition(" ") for line in lines)}

    async def branches(self) -> dict[str, str]:
        """Every branch with its commit id."""
        return {
            name.removeprefix("refs/heads/"): sha
            for name, sha in (await self.refs()).items()
            if name.startswith("refs/heads/")
        }

    async def resolve(self, revision: str) -> str | None:
        """The commit id of a branch, tag or id; None when there is no such thing."""
        if not revision or revision.startswith("-"):
            return None
        for name in (f"refs/heads/{revision}", revision):
            done = await run_git("rev-parse", "-q", "--verify", f"{name}^{{commit}}", cwd=self.path)
            if done.code == 0:
                return done.out.decode().strip()
        return None

    async def log(self, *args: str) -> list[Commit]:
        """The commits that `git log` gives for these arguments."""
        text = (await self.raw("log", "-z", f"--format={FORMAT}", *args)).decode(errors="replace")
        return [_commit(record) for record in text.split("\0") if record.strip()]

    async def changes(self, *args: str) -> dict[str, Changes]:
        """By commit, the paths that it added, modified and removed."""
        told = await self.git(
            "log", "--no-renames", "--name-status", "--format=commit %H", "--diff-merges=first-parent", *args
        )
        found: dict[str, Changes] = {}
        for line in told.splitlines():
            if line.startswith("commit "):
                current = found.setdefault(line[7:], {"added": [], "modified": [], "removed": []})
            elif "\t" in line:
                status, _, path = line.partition("\t")
                current[KINDS.get(status, "modified")].append(path)
        return found

    async def commit(self, sha: str) -> Commit:
        """One commit."""
        return (await self.log("-1", sha))[0]

    async def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor, None for unrelated histories."""
        done = await run_git("merge-base", one, other, cwd=self.path)
        return done.out.decode().strip() or None

    async def contains(self, descendant: str, ancestor: str) -> bool:
        """Whether `ancestor` is reachable from `descendant`."""
        done = await run_git("merge-base", "--is-ancestor", ancestor, descendant, cwd=self.path)
        return done.code == 0

    async def merged_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of a merge; None when it conflicts."""
        if (ours, theirs) not in self._merged:
            done = await run_git("merge-tree", "--write-tree", ours, theirs, cwd=self.path)
            if done.code > 1:
                raise GitError(done.err.strip())
            tree = done.out.decode().split("\n", 1)[0]
            self._merged[ours, theirs] = tree if done.code == 0 else None
        return self._merged[ours, theirs]

    async def write_commit(self, tree: str, *parents: str, message: str, identity: Identity) -> str:
        """Write a commit object and give its id."""
        flags = [flag for parent in parents for flag in ("-p", parent)]
        return await self.git("commit-tree", tree, *flags, stdin=message.encode(), env=identity.environment())

    async def move(self, branch: str, new: str | None, old: str | None = None) -> None:
        """Set a branch (or delete it: `new` None), only if it still is at `old` where given."""
        ref = f"refs/heads/{branch}"
        if new is None:
            await self.git("update-ref", "-d", ref, *([old] if old else []))
        else:
            await self.git("update-ref", ref, new, *([old] if old else []))

    async def write_tree(self, parent: str | None, files: Mapping[str, str | None]) -> str:
        """The tree of `parent` with these files changed; None as content deletes a file."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if parent:
                await self.git("read-tree", parent, env=env)
            lines = []
            for path, content in files.items():
                if content is None:
                    lines.append(f"0 {'0' * 40}\t{path}\0")
                    continue
                blob = await self.git("hash-object", "-w", "--stdin", stdin=content.encode())
                lines.append(f"100644 {blob}\t{path}\0")
            await self.git("update-index", "-z", "--index-info", stdin="".join(lines).encode(), env=env)
            return await self.git("write-tree", env=env)


def _commit(record: str) -> Commit:
    sha, parents, *rest = record.strip("\n").split(SEPARATOR, 8)
    name, email, authored, committer, committer_email, committed, message = rest
    return Commit(
        sha, tuple(parents.split()), name, email, authored, committer, committer_email, committed, message
    )
