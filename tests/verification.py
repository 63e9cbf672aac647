"""A little repository on disk, changes to it, and their verification in the real sandbox."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.budget import Spend
from jobs.domain.question import Question
from jobs.domain.review import Repository
from jobs.domain.run import NamedProof
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, Evidence, Verdict
from jobs.stages.subject import Subject
from jobs.stages.verify import verify
from playground import environment

Files = Mapping[str, str | None]
"""Path → text, or None for a file that goes."""

STORE = Path("/var/tmp/codegen-tests")
"""Where a sandbox user can enter; pytest's own folders are closed to it."""

ROOT = Path(__file__).resolve().parent.parent

_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Person",
    "GIT_AUTHOR_EMAIL": "person@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A Person",
    "GIT_COMMITTER_EMAIL": "person@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "PATH": os.environ["PATH"],
}


class MemoryCache:
    """ports.Cache in a dictionary; counts what was computed."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self._turn = asyncio.Lock()

    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        async with self._turn:
            if key not in self.stored:
                self.stored[key] = await compute()
            return self.stored[key]


@dataclass
class Steps:
    """ports.Note that remembers the steps."""

    said: list[str] = field(default_factory=list)

    async def __call__(
        self,
        *,
        step: str | None = None,
        spend: Spend | None = None,
        conversation: bytes | None = None,
        assumptions: tuple[Question, ...] | None = None,
    ) -> None:
        if step:
            self.said.append(step)


@dataclass
class Workshop:
    """One repository with a target base, and the workspaces to verify changes in."""

    folder: Path
    environment: str | None
    cache: MemoryCache = field(default_factory=MemoryCache)
    steps: Steps = field(default_factory=Steps)
    suite: tuple[str, ...] = ()

    @property
    def repository(self) -> Repository:
        return Repository(path="shop/billing", url=(self.folder / "origin").as_uri())

    @cached_property
    def workspaces(self) -> GitWorkspaces:
        return GitWorkspaces(self.folder / "home")

    async def commit(self, files: Files, *, on: str | None = None) -> str:
        """A commit with these files changed; the same files on the same commit give the same id."""
        origin = self.folder / "origin"
        if not origin.exists():
            await git(self.folder, "init", "-q", "-b", "main", "origin")
            await git(origin, "commit", "-q", "--allow-empty", "-m", "start")
            await git(origin, "branch", "start")
        await git(origin, "checkout", "-q", "--force", "--detach", on or "start")
        write(origin, files)
        await git(origin, "add", "-A", "-f")
        await git(origin, "commit", "-q", "--allow-empty", "-m", "change")
        sha = await git(origin, "rev-parse", "HEAD")
        await git(origin, "branch", "-f", f"at-{sha}" if on else "main", sha)
        if not on:
            await git(origin, "branch", "-f", f"at-{sha}", sha)
        return sha

    async def subject(
        self, spec: Spec, base: str, head: str, named: Mapping[str, str] | None = None
    ) -> Subject:
        total = await self.workspaces.difference(self.repository, base, head)
        return Subject(
            spec=spec,
            repository=self.repository,
            target_base=base,
            start=base,
            patch=total,
            total=total,
            named=tuple(NamedProof(criterion=one, tests=(test,)) for one, test in (named or {}).items()),
            environment=self.environment,
            suite=self.suite,
        )

    async def verify(
        self, spec: Spec, base: str, head: str, named: Mapping[str, str] | None = None
    ) -> Verdict:
        subject = await self.subject(spec, base, head, named)
        return await verify(subject, workspaces=self.workspaces, cache=self.cache, note=self.steps)


def write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


async def git(folder: Path, *words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "git", "-C", str(folder), *words, env=_GIT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, words
    return output.decode().strip()


@contextmanager
def workshop(built: str | None, *, suite: tuple[str, ...] = ()) -> Iterator[Workshop]:
    """A fresh workshop, removed afterwards."""
    STORE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="workshop-", dir=STORE))
    folder.chmod(0o755)
    try:
        yield Workshop(folder, built, suite=suite)
    finally:
        shutil.rmtree(folder)


def build_environment() -> str:
    """The environment with pytest, built once per machine."""
    return str(asyncio.run(environment.build(STORE / "environments" / environment.key())))


def build_tools() -> str:
    """The environment with pytest, ruff, bandit and mypy, built once per machine."""
    locks = (environment.LOCK, ROOT / "requirements-analysers.lock", ROOT / "tests/checks/tools.lock")
    folder = STORE / "environments" / environment.key(locks=locks)
    return str(asyncio.run(environment.build(folder, locks=locks)))


def spec(kind: str = "bugfix", *, tests: tuple[str, ...] = (), **fields: object) -> Spec:
    """A spec with one criterion, AC1."""
    criterion: dict[str, object] = {"id": "AC1", "text": "Half a cent is rounded up"}
    if tests:
        criterion["proof"] = {"tests": tests}
    facts = {
        "kind": kind,
        "title": "Round half up",
        "repository": "shop/billing",
        "goal": "Finance expects half up",
        "criteria": [criterion],
        **fields,
    }
    return Spec.model_validate(facts)


def check(verdict: Verdict, name: str) -> Check:
    return next(one for one in verdict.checks if one.name == name)


def proof(verdict: Verdict, criterion: str = "AC1") -> Evidence:
    return next(one for one in verdict.evidence if one.criterion == criterion)


def told(verdict: Verdict) -> str:
    """Everything the verdict says, for the message of a failing test."""
    return verdict.model_dump_json(indent=1)
