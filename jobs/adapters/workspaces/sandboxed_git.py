"""git on a tree that foreign code wrote: hardened, and inside the sandbox as well."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.adapters import disk
from jobs.adapters.git import changes, explain, invoke
from jobs.adapters.sandbox.box import Box, Task
from jobs.adapters.sandbox.recipe import TREE, Mount
from jobs.domain.patch import Patch, Sha
from jobs.errors import Stop

IDENTITY = "codegen-bot"
"""Author and committer of every commit."""

_GIT, _MIRROR = "/git", "/mirror"
_OUTPUT = 256 * 1024 * 1024

# git does not look into a repository inside the tree, so nothing may hide there: its files are listed here.
_STAGE = r"""
git ls-files -z --others --exclude-standard >/tmp/untracked &
git diff-files -z --name-only --ignore-submodules=dirty >/tmp/paths
wait $!
grep -azv '/$' </tmp/untracked >>/tmp/paths || :
if grep -az '/$' </tmp/untracked >/tmp/nested; then
  xargs -0 -I '{}' find './{}' -name .git -prune -o '(' -type f -o -type l ')' -print0 </tmp/nested |
    sort -z >/tmp/inside
  GIT_LITERAL_PATHSPECS=0 git check-ignore -z --stdin --no-index </tmp/inside >/tmp/ignored || test $? = 1
  sort -z /tmp/ignored | comm -z -23 /tmp/inside - | sed -z 's|^\./||' >>/tmp/paths
fi
git update-index -z --add --remove --replace --stdin </tmp/paths
tree=$(git write-tree)
"""
_APPLY = "git apply --index --whitespace=nowarn /tmp/diff"
# exit status 1 is a merge with conflicts; the first field is the tree, the others are paths
_MERGE = r"""
git update-index -q --refresh || :
git merge-tree --write-tree --name-only --no-messages -z "$1" "$2" >/tmp/merged || test $? = 1
tree=$(head -z -n 1 /tmp/merged | tr -d '\0')
git read-tree -m -u "$1" "$tree"
tail -z -n +2 /tmp/merged
"""
_CHECK_OUT = """
git read-tree "$1"
git checkout-index --all --index --quiet
"""


@dataclass(frozen=True)
class SandboxedGit:
    """The git commands of one workspace; each is one script in one sandbox."""

    box: Box
    tree: str
    git: str
    """The private git directory on the host."""
    mirror: str
    """Directory of the mirror's objects on the host."""

    async def patch(self, since: Sha) -> Patch:
        """Bring the index to what the tree is, ignored files left out, and compare with a commit."""
        script = f'{_STAGE}\nset -- "$1" "$tree"\n{changes.SCRIPT}'
        return changes.patch_from(await self._good("patch", script, since), start=since)

    async def apply(self, diff: str) -> None:
        """Apply a diff to tree and index; raises Stop when it does not fit."""
        await self._good("stage", _STAGE)
        if diff.strip():
            output = await self._run("cat >/tmp/diff\n" + _APPLY, stdin=os.fsencode(diff), writable=True)
            if output.code:
                raise explain.does_not_apply(output.errors)

    async def merge(self, start: Sha, commit: Sha) -> tuple[str, ...]:
        """Bring a tree that still is `start` to the merge with a commit; gives the paths with conflicts."""
        output = _out("merge", await self._run(_MERGE, start, commit, writable=True))
        return tuple(os.fsdecode(one) for one in dict.fromkeys(output.split(b"\0")) if one)

    async def commit(self, *, message: str, at: datetime, parents: Sequence[Sha]) -> Sha:
        """Commit the tree; everything that goes into the id is given."""
        variables = {}
        for role in ("AUTHOR", "COMMITTER"):
            variables[f"GIT_{role}_NAME"] = IDENTITY
            variables[f"GIT_{role}_EMAIL"] = f"{IDENTITY}@noreply.invalid"
            variables[f"GIT_{role}_DATE"] = f"@{int(at.timestamp())} +0000"
        named = " ".join(f'-p "${number}"' for number in range(1, len(parents) + 1))
        script = f'{_STAGE}\ngit commit-tree "$tree" {named} -F -'
        output = await self._run(script, *parents, stdin=message.encode(), more=variables)
        return _out("commit", output).decode().strip()

    async def check_out(self, commit: Sha) -> None:
        """Fill an empty tree and its index with a commit."""
        _out("check out", await self._run(_CHECK_OUT, commit, writable=True))

    async def refresh(self) -> None:
        """Look at every file again after the tree was copied."""
        await self._good("refresh", "git update-index -q --refresh")

    async def _good(self, what: str, script: str, *words: str) -> bytes:
        return _out(what, await self._run(script, *words))

    async def _run(
        self,
        script: str,
        *words: str,
        stdin: bytes = b"",
        more: Mapping[str, str] | None = None,
        writable: bool = False,
    ) -> invoke.Output:
        variables = {
            "GIT_INDEX_FILE": f"{_GIT}/state/index",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _MIRROR,
            "GIT_WORK_TREE": TREE,
            "TMPDIR": "/tmp",
            **(more or {}),
        }
        task = Task(
            argv=("/bin/sh", "-euc", script, "git", *words),
            mounts=[
                Mount(self.git, _GIT),
                Mount(f"{self.git}/objects", f"{_GIT}/objects", writable=True),
                Mount(f"{self.git}/state", f"{_GIT}/state", writable=True),
                Mount(self.mirror, _MIRROR),
                Mount(self.tree, TREE, writable),
            ],
            env=invoke.environment(_GIT, more=variables),
            stdin=stdin,
            timeout=900.0,
            output_limit=_OUTPUT,
            apart=True,
        )
        report = await self.box.run(task)
        if report.truncated or report.timed_out:
            raise Stop("The change is too large to handle.", remedy="Split it into smaller tasks.")
        return invoke.Output(report.exit_code or 0, report.output, report.errors.decode(errors="replace"))


def _out(what: str, output: invoke.Output) -> bytes:
    if output.code:
        disk.check_told(output.errors)
        raise explain.not_committable(output.errors) or invoke.GitError(what, output.errors)
    return output.out
