"""What the GitLab stand-in remembers: users, tokens, projects and everything that hangs on them."""

from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from playground.gitlab.repository import Commit, Repository

Json = dict[str, object]


class Access(IntEnum):
    """GitLab's access levels."""

    NONE = 0
    GUEST = 10
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50


@dataclass
class User:
    """A person or a bot."""

    id: int
    username: str
    name: str
    bot: bool = False

    @property
    def email(self) -> str:
        """The address that the user's commits carry."""
        return f"{self.username}@example.com"


@dataclass
class Token:
    """An access token with its scopes, the highest access it gives, and its last day (ISO date)."""

    id: int
    value: str
    user: User
    name: str
    scopes: tuple[str, ...]
    access_level: Access = Access.OWNER
    expires_at: str | None = None
    created_at: float = 0.0
    last_used_at: float | None = None
    revoked: bool = False


@dataclass
class Label:
    """A project's label."""

    id: int
    name: str
    color: str = "#428BCA"
    description: str | None = None


@dataclass
class TestCase:
    """One case of a job's JUnit report."""

    __test__ = False

    name: str
    classname: str
    status: str
    output: str = ""
    seconds: float = 0.0


@dataclass
class Job:
    """A CI job, or an external status when `external` is set."""

    id: int
    name: str
    status: str
    created_at: float
    stage: str = "test"
    trace: str = ""
    failure_reason: str | None = None
    tests: list[TestCase] = field(default_factory=list)
    allow_failure: bool = False
    external: bool = False
    target_url: str | None = None
    description: str | None = None
    author: User | None = None


@dataclass
class Pipeline:
    """A CI pipeline of one commit."""

    id: int
    iid: int
    sha: str
    ref: str
    status: str
    source: str
    created_at: float
    updated_at: float
    user: User
    commit: Commit
    jobs: list[Job] = field(default_factory=list)


@dataclass
class Note:
    """A comment, or a system note."""

    id: int
    author: User
    body: str
    created_at: float
    updated_at: float
    system: bool = False
    position: Json | None = None
    resolvable: bool = False
    resolved_by: User | None = None


@dataclass
class Discussion:
    """A thread of notes; `individual` ones are single plain comments."""

    id: str
    individual: bool
    notes: list[Note] = field(default_factory=list)


@dataclass
class Version:
    """One pushed state of a merge request: GitLab's diff version."""

    id: int
    base: str
    start: str
    head: str
    created_at: float
    commit: Commit


@dataclass
class MergeRequest:
    """A merge request inside one project."""

    id: int
    iid: int
    title: str
    description: str
    source_branch: str
    target_branch: str
    author: User
    created_at: float
    updated_at: float
    state: str = "opened"
    labels: list[str] = field(default_factory=list)
    reviewers: list[User] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    approvals: list[User] = field(default_factory=list)
    changes_requested: list[User] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    pipelines: list[Pipeline] = field(default_factory=list)
    squash: bool = False
    remove_source_branch: bool = False
    auto_merge: bool = False
    merge_error: str | None = None
    merged_by: User | None = None
    merged_at: float | None = None
    closed_by: User | None = None
    closed_at: float | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None

    @property
    def draft(self) -> bool:
        """Whether the title says so; GitLab has no other place for it."""
        return self.title.lower().startswith(("draft:", "[draft]", "(draft)"))

    @property
    def sha(self) -> str:
        """The head commit of the latest version."""
        return self.versions[-1].head

    @property
    def head_pipeline(self) -> Pipeline | None:
        """The newest pipeline of the head commit."""
        return next((one for one in reversed(self.pipelines) if one.sha == self.sha), None)


@dataclass
class Issue:
    """An issue inside one project."""

    id: int
    iid: int
    title: str
    description: str
    author: User
    created_at: float
    updated_at: float
    state: str = "opened"
    labels: list[str] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)


@dataclass
class Hook:
    """A webhook: where to, its secret, which events."""

    id: int
    url: str
    token: str
    events: set[str]
    created_at: float


@dataclass
class Project:
    """A project, its bare repository and its settings."""

    id: int
    path: str
    name: str
    repository: Repository
    default_branch: str
    created_at: float
    members: dict[str, Access]
    visibility: str = "private"
    ci: str = "auto"
    approvals_required: int = 0
    merge_access: Access = Access.DEVELOPER
    pipeline_must_succeed: bool = False
    discussions_must_be_resolved: bool = False
    archived: bool = False
    formerly: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    labels: list[Label] = field(default_factory=list)
    merge_requests: list[MergeRequest] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    pipelines: list[Pipeline] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    seen_refs: dict[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> Path:
        """Where the bare repository is."""
        return self.repository.path

    @property
    def namespace(self) -> str:
        """The path without the project's own name."""
        return self.path.rpartition("/")[0]

    @property
    def opened(self) -> list[MergeRequest]:
        """The open merge requests."""
        return [one for one in self.merge_requests if one.state == "opened"]
