"""A repository, a forge and an engine in memory, true to their protocols and counting what they do."""

import difflib
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from jobs.checks.companions import PROGRAM
from jobs.cli.local import MemoryArtifacts
from jobs.domain.base_model import Frozen
from jobs.domain.brief import Brief, Work
from jobs.domain.budget import Spend
from jobs.domain.feedback import Feedback
from jobs.domain.patch import ChangeStatus, FileChange, Patch, Sha
from jobs.domain.remark import CommitState, Remark
from jobs.domain.review import MergeRequest, MergeRequestState, PipelineStatus, Proposal, Repository
from jobs.domain.run import Answer, Run
from jobs.errors import Stop, StopKind
from jobs.ports import Answered, BranchMoved, Command, Note, Prompt, Result, Tools, Unanswered, Workspace
from jobs.settings import OperatorFile, RepositorySettings
from tests.factories import NOON, a_merge_request, a_repository
from tests.verification import MemoryCache

A = TypeVar("A", bound=Frozen)
Tree = dict[str, str]
Changes = Mapping[str, str | None]
"""Path → text, or None for a file that goes."""

SUITE = ("make", "check")
FILE = "src/rounding.txt"
PROOF = f"grep -qx up {FILE}"
"""Succeeds once FILE says up."""
WRONG, RIGHT, BROKEN = {FILE: "even\n"}, {FILE: "up\n"}, {FILE: "up\n", "src/extra.txt": "broken\n"}


@dataclass
class Remote:
    """Commits and branches; somebody else pushes between our looking and our pushing."""

    trees: dict[Sha, Tree] = field(default_factory=dict)
    parents: dict[Sha, Sha | None] = field(default_factory=dict)
    branches: dict[str, Sha] = field(default_factory=dict)
    diffs: dict[str, tuple[Tree, Tree]] = field(default_factory=dict)
    foreign: list[Changes] = field(default_factory=list)
    pushes: list[tuple[str, Sha]] = field(default_factory=list)
    merged: dict[Sha, Sha] = field(default_factory=dict)
    """Second parents."""

    def commit(self, tree: Tree, parent: Sha | None, message: str = "", *, merged: Sha | None = None) -> Sha:
        sha = hashlib.sha1(repr((sorted(tree.items()), parent, merged, message)).encode()).hexdigest()
        self.trees[sha], self.parents[sha] = dict(tree), parent
        if merged is not None:
            self.merged[sha] = merged
        return sha

    def somebody_pushes(self, branch: str, changes: Changes) -> None:
        head = self.branches.get(branch, self.branches["main"])
        self.branches[branch] = self.commit(changed(self.trees[head], changes), head, "by a person")

    def ancestors(self, sha: Sha | None) -> list[Sha]:
        found: list[Sha] = []
        ahead = [sha]
        while ahead:
            one = ahead.pop(0)
            if one is not None and one not in found:
                found.append(one)
                ahead += [self.parents[one], self.merged.get(one)]
        return found

    def merge_base(self, one: Sha, other: Sha) -> Sha:
        there = set(self.ancestors(other))
        return next(sha for sha in self.ancestors(one) if sha in there)

    def patch(self, start: Sha, now: Tree) -> Patch:
        before = self.trees[start]
        paths = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
        text = "".join(_diff(path, before.get(path), now.get(path)) for path in paths)
        self.diffs[text] = (_only(before, paths), _only(now, paths))
        return Patch(
            start=start,
            tree=hashlib.sha1(repr(sorted(now.items())).encode()).hexdigest(),
            diff=text,
            files=tuple(FileChange(path=path, status=_status(before, now, path), added=1) for path in paths),
        )


@dataclass
class FakeWorkspace:
    """A tree; the suite fails while a file says broken, the proof succeeds once FILE says up."""

    start: Sha
    remote: Remote
    tree: Tree
    ran: list[str]

    async def run(self, command: Command) -> Result:
        if PROGRAM in command.argv:
            return Result(exit_code=0, output="", seconds=0.1)
        self.ran.append(" ".join(command.argv))
        if "names" in command.argv:  # who names a file: nobody
            return Result(exit_code=0, output="", seconds=0.1)
        if command.argv == SUITE:
            fails = "broken\n" in self.tree.values()
        elif command.argv[-1] == PROOF:
            fails = self.tree.get(FILE) != "up\n"
        else:
            raise AssertionError(f"nothing here runs {command.argv}")
        return Result(exit_code=int(fails), output="said", seconds=0.1)

    async def read(self, path: str) -> bytes | None:
        return self.tree[path].encode() if path in self.tree else None

    async def apply(self, diff: str) -> None:
        """Takes a diff of `Remote.patch`, or an engine's changes as JSON."""
        if diff.startswith("{"):
            self.write(json.loads(diff))
            return
        before, after = self.remote.diffs[diff]
        if any(self.tree.get(path) != before.get(path) for path in {*before, *after}):
            raise Stop("The change does not apply.", kind=StopKind.INPUT)
        self.write({path: after.get(path) for path in {*before, *after}})

    def write(self, changes: Changes) -> None:
        self.tree = changed(self.tree, changes)

    async def patch(self, *, since: Sha | None = None) -> Patch:
        return self.remote.patch(since or self.start, self.tree)

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        base = self.remote.trees[self.remote.merge_base(self.start, commit)]
        ours, theirs = self.remote.trees[self.start], self.remote.trees[commit]
        changed_there = [path for path in {*base, *theirs} if theirs.get(path) != base.get(path)]
        conflicts = []
        for path in sorted(changed_there):
            if ours.get(path) == base.get(path) or ours.get(path) == theirs.get(path):
                self.write({path: theirs.get(path)})
            else:
                conflicts.append(path)
                marked = f"<<<<<<< ours\n{ours.get(path)}=======\n{theirs.get(path)}>>>>>>> theirs\n"
                self.write({path: marked})
        return tuple(conflicts)

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        return self.remote.commit(self.tree, parent, f"{message}{at}", merged=merged)

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        if self.remote.foreign:
            self.remote.somebody_pushes(branch, self.remote.foreign.pop(0))
        if self.remote.branches.get(branch) != expect:
            raise BranchMoved(branch)
        self.remote.branches[branch] = commit
        self.remote.pushes.append((branch, commit))


@dataclass
class FakeWorkspaces:
    remote: Remote
    ran: list[str] = field(default_factory=list)
    """Commands of every workspace."""

    async def resolve(self, repository: Repository, revision: str) -> Sha:
        found = self.remote.branches.get(revision, revision)
        if found not in self.remote.trees:
            raise Stop(f"There is no {revision} in {repository.path}.", kind=StopKind.INPUT)
        return found

    async def merge_base(self, repository: Repository, one: Sha, other: Sha) -> Sha:
        known = {sha for head in self.remote.branches.values() for sha in self.remote.ancestors(head)}
        if not {one, other} <= known:
            raise Stop(f"There is no such commit in {repository.path}.", kind=StopKind.INPUT)
        return self.remote.merge_base(one, other)

    async def difference(self, repository: Repository, old: Sha, new: Sha) -> Patch:
        return self.remote.patch(old, self.remote.trees[new])

    async def file(self, repository: Repository, commit: Sha, path: str) -> bytes | None:
        text = self.remote.trees[commit].get(path)
        return None if text is None else text.encode()

    @asynccontextmanager
    async def open(
        self, repository: Repository, commit: Sha, *, environment: str | None
    ) -> AsyncIterator[Workspace]:
        yield FakeWorkspace(commit, self.remote, dict(self.remote.trees[commit]), self.ran)


class Killed(BaseException):
    """The worker is gone."""


@dataclass
class FakeForge:
    remote: Remote
    put: list[Proposal] = field(default_factory=list)
    dies: str = ""
    """Where the worker is lost: `pushed` before a merge request is there, `opened` right after."""
    archived: bool = False

    async def repository(self, path: str) -> Repository:
        return a_repository(path=path, archived=self.archived)

    async def catalogue(self) -> tuple[Repository, ...]:
        return (a_repository(),)

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        return self.remote.branches.get(branch)

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        return None

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        if self.dies == "pushed":
            raise Killed
        self.put.append(proposal)
        if self.dies == "opened":
            raise Killed
        return a_merge_request(source_branch=proposal.source_branch, draft=proposal.draft)

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        return PipelineStatus.NONE


@dataclass
class FakeReview:
    """Keeps what was said and done; `fault` is raised while it is set."""

    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Key → discussion, text."""
    resolved: list[str] = field(default_factory=list)
    merges: list[Sha] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    answer_to_merge: MergeRequest | Exception | None = None

    async def answer(self, project: str, iid: int, *, discussion: str, text: str, key: str) -> None:
        self.said.setdefault(key, (discussion, text))

    async def resolve(self, project: str, iid: int, *, discussion: str) -> None:
        self.resolved.append(discussion)

    async def merge_when_approved(self, project: str, iid: int, *, sha: Sha) -> MergeRequest:
        self.merges.append(sha)
        if isinstance(self.answer_to_merge, Exception):
            raise self.answer_to_merge
        return self.answer_to_merge or a_merge_request(sha=sha)

    async def close(self, project: str, iid: int) -> MergeRequest:
        self.closed.append(iid)
        return a_merge_request(state=MergeRequestState.CLOSED)

    async def retarget(self, project: str, iid: int, *, branch: str) -> None:
        self.targets.append(branch)


@dataclass
class FakeInbox:
    """What people say while a run is at work."""

    said: list[tuple[Feedback, ...]] = field(default_factory=list)
    """What there is at each boundary, in turn."""

    async def cancelled_by(self, task: str) -> str | None:
        return None

    async def feedback(self, task: str) -> tuple[Feedback, ...]:
        return self.said.pop(0) if self.said else ()


@dataclass
class FakeReports:
    """Keeps what it is told; `lines` are those that the merge request shows."""

    lines: frozenset[tuple[str, int]] = frozenset()
    uploads: dict[str, bytes] = field(default_factory=dict)
    statuses: list[tuple[Sha, CommitState, str]] = field(default_factory=list)
    threads: list[Remark] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    fault: Stop | None = None

    async def upload(self, project: str, *, name: str, content: bytes) -> str:
        self._fail()
        assert name not in self.uploads, "put up twice"
        self.uploads[name] = content
        return f"[{name}](/uploads/{name})"

    async def status(self, project: str, commit: Sha, state: CommitState, *, text: str, url: str) -> None:
        self._fail()
        self.statuses.append((commit, state, text))

    async def remarked(self, project: str, iid: int) -> frozenset[str]:
        return frozenset(one.key for one in self.threads) | frozenset(self.notes)

    async def remark(self, project: str, iid: int, remark: Remark, *, head: Sha) -> bool:
        self._fail()
        shown = (remark.path, remark.line) in self.lines
        if shown:
            self.threads.append(remark)
        return shown

    async def note(self, project: str, iid: int, *, key: str, body: str) -> None:
        self._fail()
        self.notes[key] = body

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


@dataclass
class FakeEngine:
    """Writes the next of `rounds` each time it works, or raises it."""

    rounds: list[Changes | Exception]
    briefs: list[Brief] = field(default_factory=list)
    name: str = "fake"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        self.briefs.append(brief)
        now = self.rounds[min(brief.round, len(self.rounds)) - 1]
        await note(step="thinking", conversation=b"first half", spend=Spend(requests=1))
        if isinstance(now, Exception):
            raise now
        await workspace.apply(json.dumps(now))
        await note(step="writing", conversation=b"second half", spend=Spend(requests=2))
        answers = tuple(Answer(to=one.id, text=f"Seen: {one.text}") for one in brief.feedback)
        summary = f"Round {brief.round}."
        return Work(summary=summary, answers=answers, spend=Spend(requests=2), conversation=b"whole")


@dataclass
class FakeModel:
    """Gives the next of `answers` each time it is asked, or raises it."""

    answers: list[Frozen | Unanswered]
    asked: list[Prompt] = field(default_factory=list)
    name: str = "fake:opinion"

    async def ask(self, prompt: Prompt, schema: type[A]) -> Answered[A]:
        self.asked.append(prompt)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Unanswered):
            raise answer
        assert isinstance(answer, schema)
        return Answered(answer, Spend(requests=1, input_tokens=10, output_tokens=5))


@dataclass
class FakeJournal:
    """Keeps every version of a run; the worker dies after saving version `dies_at`."""

    saved: list[Run] = field(default_factory=list)
    dies_at: int | None = None

    async def __call__(self, run: Run) -> Run:
        self.saved.append(run)
        if len(self.saved) == self.dies_at:
            raise Killed
        return run

    async def chain_head(self) -> str:
        return "c" * 64

    @property
    def states(self) -> list[str]:
        """Each state once per stay."""
        names = [run.state.value for run in self.saved]
        return [name for name, before in zip(names, ["", *names], strict=False) if name != before]


class FakeClock:
    def now(self) -> datetime:
        return NOON.astimezone(UTC)


_OWN = {"payments/api": RepositorySettings(suite=SUITE)}


@dataclass
class World:
    """Everything the pipeline works with, over one remote."""

    engine: FakeEngine
    remote: Remote = field(default_factory=Remote)
    cache: MemoryCache = field(default_factory=MemoryCache)
    artifacts: MemoryArtifacts = field(default_factory=MemoryArtifacts)
    review: FakeReview = field(default_factory=FakeReview)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    operator: OperatorFile = field(default_factory=lambda: OperatorFile(repositories=_OWN))

    def __post_init__(self) -> None:
        if not self.remote.branches:
            self.remote.branches["main"] = self.remote.commit({**WRONG, "README.md": "Totals.\n"}, None)
        self.workspaces = FakeWorkspaces(self.remote)
        self.forge = FakeForge(self.remote)
        self.reports = FakeReports()

    @property
    def tools(self) -> Tools:
        return Tools(
            forge=self.forge,
            review=self.review,
            reports=self.reports,
            workspaces=self.workspaces,
            engine=self.engine,
            artifacts=self.artifacts,
            cache=self.cache,
            inbox=self.inbox,
            clock=FakeClock(),
            operator=self.operator,
        )


def changed(tree: Tree, changes: Changes) -> Tree:
    merged = {**tree, **changes}
    return {path: text for path, text in merged.items() if text is not None}


def _only(tree: Tree, paths: list[str]) -> Tree:
    return {path: tree[path] for path in paths if path in tree}


def _status(before: Tree, now: Tree, path: str) -> ChangeStatus:
    if path not in before:
        return ChangeStatus.ADDED
    return ChangeStatus.MODIFIED if path in now else ChangeStatus.DELETED


def _diff(path: str, before: str | None, after: str | None) -> str:
    old, new = (
        "/dev/null" if text is None else f"{side}/{path}" for text, side in ((before, "a"), (after, "b"))
    )
    lines = difflib.unified_diff((before or "").splitlines(True), (after or "").splitlines(True), old, new)
    return f"diff --git a/{path} b/{path}\n" + "".join(lines)
