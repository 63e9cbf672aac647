"""git on a tree that foreign code wrote: hardened, and inside the sandbox as well."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jobs.adapters.git import explain, invoke
from jobs.adapters.sandbox.box import Box, Task
from jobs.adapters.sandbox.recipe import TREE, Mount
from jobs.domain.patch import Sha
from jobs.errors import Stop

IDENTITY = "codegen-bot"
"""Author and committer of every commit."""

_GIT, _MIRROR = "/git", "/mirror"
_OUTPUT = 256 * 1024 * 1024
_FIND = ("/usr/bin/find", "-H")
_FILES = ("-name", ".git", "-prune", "-o", "(", "-type", "f", "-o", "-type", "l", ")", "-print0")


@dataclass(frozen=True)
class SandboxedGit:
    """The git commands of one workspace."""

    box: Box
    tree: str
    git: str
    """The private git directory on the host."""
    mirror: str
    """Directory of the mirror's objects on the host."""

    async def stage(self) -> str:
        """Bring the index to what the tree is, ignored files left out; the tree's id."""
        untracked = await self.on_tree("ls-files", "-z", "--others", "--exclude-standard")
        changed = await self.on_tree("diff-files", "-z", "--name-only", "--ignore-submodules=dirty")
        paths = [one for one in untracked.split(b"\0") if one and not one.endswith(b"/")]
        # git does not look into a repository inside the tree; nothing may hide there.
        for nested in (one for one in untracked.split(b"\0") if one.endswith(b"/")):
            paths += await self._inside(nested)
        paths += [one for one in changed.split(b"\0") if one]
        if paths:
            stdin = b"".join(path + b"\0" for path in paths)
            await self.on_tree("update-index", "-z", "--add", "--remove", "--replace", "--stdin", stdin=stdin)
        return (await self.bare("write-tree")).decode().strip()

    async def apply(self, diff: str) -> None:
        """Apply a diff to tree and index; raises Stop when it does not fit."""
        words = ("apply", "--index", "--whitespace=nowarn", "-")
        output = await self._run(words, stdin=os.fsencode(diff), tree=True, writable=True)
        if output.code:
            raise explain.does_not_apply(output.errors)

    async def commit(self, tree: str, *, message: str, at: datetime, parent: Sha) -> Sha:
        """Commit a tree; everything that goes into the id is given."""
        variables = {}
        for role in ("AUTHOR", "COMMITTER"):
            variables[f"GIT_{role}_NAME"] = IDENTITY
            variables[f"GIT_{role}_EMAIL"] = f"{IDENTITY}@noreply.invalid"
            variables[f"GIT_{role}_DATE"] = f"@{int(at.timestamp())} +0000"
        words = ("commit-tree", tree, "-p", parent, "-F", "-")
        made = await self.bare(*words, stdin=message.encode(), more=variables)
        return made.decode().strip()

    async def check_out(self, commit: Sha) -> None:
        """Fill an empty tree and its index with a commit."""
        await self.bare("read-tree", commit)
        output = await self._run(("checkout-index", "--all", "--index", "--quiet"), tree=True, writable=True)
        if output.code:
            raise invoke.GitError("checkout-index", output.errors)

    async def bare(self, *words: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        """git without the tree in sight."""
        return _good(words, await self._run(words, stdin=stdin, more=more))

    async def on_tree(self, *words: str, stdin: bytes = b"") -> bytes:
        """git with the tree to look at."""
        return _good(words, await self._run(words, stdin=stdin, tree=True))

    async def _inside(self, nested: bytes) -> list[bytes]:
        """Files of a repository inside the tree that are not ignored."""
        name = os.fsdecode(nested)
        report = await self._box_run((*_FIND, f"./{name}", *_FILES), tree=True)
        found = [one.removeprefix(b"./") for one in report.out.split(b"\0") if one]
        listing = b"".join(one + b"\0" for one in found)
        words = ("check-ignore", "-z", "--stdin", "--no-index")
        ignored = set((await self._run(words, stdin=listing, tree=True)).out.split(b"\0")) if found else set()
        return [one for one in found if one not in ignored]

    async def _run(
        self,
        words: tuple[str, ...],
        *,
        stdin: bytes = b"",
        more: Mapping[str, str] | None = None,
        tree: bool = False,
        writable: bool = False,
    ) -> invoke.Output:
        variables = {
            "GIT_INDEX_FILE": f"{_GIT}/state/index",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _MIRROR,
            **({"GIT_WORK_TREE": TREE} if tree else {}),
            **(more or {}),
        }
        env = invoke.environment(_GIT, more=variables)
        return await self._box_run(
            invoke.arguments(*words), stdin=stdin, env=env, tree=tree, writable=writable
        )

    async def _box_run(
        self,
        argv: tuple[str, ...],
        *,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        tree: bool = False,
        writable: bool = False,
    ) -> invoke.Output:
        mounts = [
            Mount(self.git, _GIT),
            Mount(f"{self.git}/objects", f"{_GIT}/objects", writable=True),
            Mount(f"{self.git}/state", f"{_GIT}/state", writable=True),
            Mount(self.mirror, _MIRROR),
        ]
        mounts += [Mount(self.tree, TREE, writable)] if tree else []
        task = Task(
            argv=argv,
            mounts=mounts,
            cwd=TREE if tree else "/tmp",
            env=env or {},
            stdin=stdin,
            timeout=900.0,
            output_limit=_OUTPUT,
            apart=True,
        )
        report = await self.box.run(task)
        if report.truncated or report.timed_out:
            raise Stop("The change is too large to handle.", remedy="Split it into smaller tasks.")
        return invoke.Output(report.exit_code or 0, report.output, report.errors.decode(errors="replace"))


def _good(words: tuple[str, ...], output: invoke.Output) -> bytes:
    if output.code:
        raise invoke.GitError(next(word for word in words if not word.startswith("-")), output.errors)
    return output.out
