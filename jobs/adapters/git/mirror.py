"""One bare mirror per repository: fetched under an exclusive lock, never collected, only read by others."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from jobs.adapters import locks
from jobs.adapters.git import changes, explain, invoke
from jobs.domain.patch import Patch, Sha
from jobs.domain.review import Repository

_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_FULL = re.compile(r"[0-9a-f]{40}")
_HEX = re.compile(r"[0-9a-f]{7,40}")
# What check-ref-format forbids would be read as an expression.
_EXPRESSION = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|^-|^$")


class Mirror:
    """The local copy of one repository."""

    def __init__(self, directory: Path, repository: Repository, credentials: Mapping[str, SecretStr]) -> None:
        self.directory = directory / key(repository)
        self._repository = repository
        self._credentials = credentials

    @property
    def objects(self) -> str:
        """Directory of its objects."""
        return str(self.directory / "objects")

    async def resolve(self, revision: str) -> Sha:
        """The commit a branch, tag or id names; raises Stop when there is none."""
        if _FULL.fullmatch(revision) and await self.has(revision):
            return revision
        if _EXPRESSION.search(revision):
            raise explain.unknown_revision(self._repository, revision)
        await self.fetch()
        if revision == "HEAD" and not is_local(self._repository.url):
            await self.fetch("HEAD")
        if _FULL.fullmatch(revision) and not await self.has(revision):
            await self.fetch(revision)
        names = [f"refs/heads/{revision}", f"refs/tags/{revision}"]
        names += [revision] if _HEX.fullmatch(revision) else []
        names += ["refs/codegen/HEAD"] if revision == "HEAD" else []
        for name in names:
            words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            found = await invoke.run(*words, git_dir=str(self.directory))
            if found.code == 0:
                return found.out.decode().strip()
        raise explain.unknown_revision(self._repository, revision)

    async def ensure(self, *commits: Sha) -> None:
        """Fetch when one of the commits is not here; raises Stop when it is nowhere."""
        for commit in commits:
            await self.resolve(commit)

    async def has(self, commit: Sha) -> bool:
        """Whether a commit is here."""
        if not self.directory.exists():
            return False
        found = await invoke.run("cat-file", "-e", f"{commit}^{{commit}}", git_dir=str(self.directory))
        return found.code == 0

    async def merge_base(self, one: Sha, other: Sha) -> Sha:
        """The best common ancestor; raises Stop when there is none."""
        await self.ensure(one, other)
        found = await invoke.run("merge-base", "--end-of-options", one, other, git_dir=str(self.directory))
        if found.code:
            raise explain.unrelated(self._repository)
        return found.out.decode().split()[0]

    async def difference(self, old: Sha, new: Sha) -> Patch:
        """The patch from one commit to another."""
        await self.ensure(old, new)
        tree = (await self._git("rev-parse", "--verify", f"{new}^{{tree}}")).decode().strip()
        output = await invoke.script(changes.SCRIPT, old, tree, git_dir=str(self.directory))
        return changes.patch_from(output, start=old)

    async def file(self, commit: Sha, path: str) -> bytes | None:
        """A regular file's bytes at a commit."""
        await self.ensure(commit)
        listed = await self._git("ls-tree", "-z", commit, "--", path)
        facts, _, name = listed.partition(b"\0")[0].partition(b"\t")
        if name != os.fsencode(path) or not facts.startswith(b"100"):
            return None
        return await self._git("cat-file", "blob", facts.split()[2].decode())

    async def fetch(self, commit: Sha | None = None) -> None:
        """Bring branches and tags, or one commit, up to date; raises Stop when refused or unreachable."""
        self._create()
        url = self._repository.url
        access = invoke.access(url, self._credentials)
        more: dict[str, str] = {}
        wanted: tuple[str, ...] = ("--prune", "--force", url, *_REFS)
        if is_local(url):
            more = {"GIT_CONFIG_GLOBAL": str(self._trusting())}
            wanted += ("+HEAD:refs/codegen/HEAD",)
        if commit:
            wanted = (url, f"+{commit}:refs/codegen/{commit}")
        words = ("fetch", "--quiet", "--no-write-fetch-head", "--no-tags", "--no-auto-maintenance", *wanted)
        async with locks.alone(self.directory.with_suffix(".lock")):
            done = await invoke.run(*words, git_dir=str(self.directory), more=more, access=access)
        if done.code and (not commit or explain.passes(done.errors)):
            raise explain.unreachable(self._repository, done.errors)

    async def _git(self, *words: str) -> bytes:
        return await invoke.checked(*words, git_dir=str(self.directory))

    def _create(self) -> None:
        if not self.directory.exists():
            self.directory.parent.mkdir(parents=True, exist_ok=True)
            self.directory.parent.chmod(0o755)
            new = Path(tempfile.mkdtemp(dir=self.directory.parent, prefix=".new-"))
            write_skeleton(new)
            for one in (new, *new.rglob("*")):
                one.chmod(0o644 if one.is_file() else 0o755)
            try:
                new.rename(self.directory)
            except OSError:
                shutil.rmtree(new)

    def _trusting(self) -> Path:
        """A configuration for reading a folder of this host that belongs to another user."""
        file = self.directory / "local.gitconfig"
        file.write_text("[safe]\n\tdirectory = *\n")
        return file


def key(repository: Repository) -> str:
    """A folder name that belongs to a repository's address."""
    readable = re.sub(r"[^a-z0-9]+", "-", repository.path.lower()).strip("-")[-40:]
    return f"{readable}-{hashlib.sha256(repository.url.encode()).hexdigest()[:16]}.git"


def is_local(url: str) -> bool:
    """Whether the address is a folder of this host."""
    return url.startswith(("/", "file://"))


def write_skeleton(directory: Path) -> None:
    """The files that make a directory a bare git directory."""
    for name in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (directory / name).mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/none\n")
    (directory / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
