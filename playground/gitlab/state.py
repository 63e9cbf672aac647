"""The state of the GitLab stand-in and the look-ups in it."""

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playground.gitlab.contracts import Contract
from playground.gitlab.deliveries import Deliveries
from playground.gitlab.faults import Faults
from playground.gitlab.records import Access, MergeRequest, Project, Token, User
from playground.gitlab.refusal import not_found


@dataclass
class State:
    """Everything that the stand-in remembers."""

    root: Path
    clock: Callable[[], float]
    external_url: str
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    deliveries: Deliveries = field(default_factory=Deliveries)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    counter: "itertools.count[int]" = field(default_factory=lambda: itertools.count(101))
    witness: Contract | None = None

    def __post_init__(self) -> None:
        self.deliveries.witness = self.witness

    def next_id(self) -> int:
        """A number that nothing else in this instance has."""
        return next(self.counter)

    def user(self, username: str) -> User:
        """The user with this name; refuses when there is none."""
        if username not in self.users:
            raise not_found("User")
        return self.users[username]

    def users_by_id(self, ids: Iterable[int]) -> list[User]:
        """The users with these ids, unknown ids left out as GitLab does."""
        wanted = list(ids)
        return [one for one in self.users.values() if one.id in wanted]

    def project(self, key: str) -> Project:
        """The project with this number or path; refuses when there is none."""
        for one in self.projects:
            if one.path.lower() == key.lower() or str(one.id) == key:
                return one
        for one in self.projects:
            if key.lower() in one.formerly:
                return one
        raise not_found("Project")

    def merge_request(self, project: Project, iid: object) -> MergeRequest:
        """The merge request with this number inside the project."""
        for one in project.merge_requests:
            if str(one.iid) == str(iid):
                return one
        raise not_found()

    def access(self, project: Project, user: User | None, token: Token | None = None) -> Access:
        """What a user, through a token, may do in a project."""
        if user is None:
            return Access.NONE
        level = project.members.get(user.username, Access.NONE)
        return min(level, token.access_level) if token else level

    def sees(self, project: Project, user: User | None) -> bool:
        """Whether a project exists as far as this user can tell."""
        if project.visibility == "public" or (user and project.visibility == "internal"):
            return True
        return user is not None and user.username in project.members

    def expired(self, token: Token) -> bool:
        """Whether the token's last day has come."""
        today = datetime.fromtimestamp(self.clock(), UTC).date().isoformat()
        return token.expires_at is not None and token.expires_at <= today

    def web_url(self, project: Project, *parts: object) -> str:
        """The address of a project's page in the browser."""
        return "/".join([self.external_url, project.path, *(str(part) for part in parts)])


def iso(at: float | None) -> str | None:
    """A time as GitLab writes it."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
