"""GitLab's REST API through python-gitlab, see https://docs.gitlab.com/api/rest/."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import gitlab
import requests
from gitlab.v4.objects import Project, ProjectMergeRequest
from pydantic import SecretStr

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest, MergeRequestState, PipelineStatus, Proposal, Repository
from jobs.errors import Stop, StopKind, Transient

T = TypeVar("T")

TITLE = 255
"""Most characters in a merge request's title."""

DRAFT = "Draft: "
"""GitLab has no draft parameter: the title's prefix makes one."""

READS = 3
"""How often something is read before a passing fault is passed on; python-gitlab's own repeating would
sleep in a thread until the rate limit's reset, whatever the fault."""

_SOON = 5.0
_PASSED = frozenset({"success", "skipped"})
_FAILED = frozenset({"failed", "canceled"})


class Token(Frozen):
    """What GitLab says of the token in use."""

    user: str
    """Whose it is."""
    scopes: tuple[str, ...]
    """What it may."""
    days_left: int | None
    """Days until it ends; None when it never does."""


class GitLabForge:
    """ports.Forge over python-gitlab: blocking calls run in threads, only reads are repeated on faults."""

    def __init__(
        self, url: str, token: SecretStr, *, labels: tuple[str, ...] = ("codegen",), timeout: float = 20.0
    ) -> None:
        secret = token.get_secret_value()
        self._gitlab = gitlab.Gitlab(url, private_token=secret, timeout=timeout, per_page=100)
        self._gitlab.session.hooks["response"].append(_limited)
        self._labels = labels

    def close(self) -> None:
        """Close every connection."""
        self._gitlab.session.close()

    async def repository(self, path: str) -> Repository:
        """A project by its full path; raises Stop naming it when missing or refused."""
        project = await self._read(path, lambda: self._gitlab.projects.get(path))
        return _repository(project)

    async def catalogue(self) -> tuple[Repository, ...]:
        """Every project the token can push to, with some branches and members, by path."""
        return await self._read("the project list", self._catalogue)

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        """A branch's commit, or None when there is no such branch."""
        try:
            found = await self._read(
                project, lambda: self._lazy(project).branches.get(branch), absent_is_none=True
            )
        except _Absent:
            return None
        return str(found.commit["id"])

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        """The newest merge request from that branch, in whatever state."""
        found = await self._read(project, lambda: self._newest(project, source_branch))
        return _merge_request(project, found) if found else None

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        """Open the merge request, or update the open one of that branch; raises Stop when it has ended."""
        stored = await self._call(proposal.project, lambda: self._put(proposal))
        return _merge_request(proposal.project, stored)

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        """What CI says of exactly this commit, by its newest pipeline."""
        newest: dict[str, Any] = {"sha": commit, "per_page": 1, "get_all": False}
        found = await self._read(project, lambda: self._lazy(project).pipelines.list(**newest))
        if not found:
            return PipelineStatus.NONE
        status = found[0].status
        if status in _PASSED:
            return PipelineStatus.PASSED
        return PipelineStatus.FAILED if status in _FAILED else PipelineStatus.PENDING

    async def token(self) -> Token:
        """Whose token it is, what it may and how long it lasts."""
        return await self._read("the token", self._token)

    def _token(self) -> Token:
        self._gitlab.auth()
        own = self._gitlab.http_get("/personal_access_tokens/self")
        found = own if isinstance(own, dict) else {}
        ends = found.get("expires_at")
        days = (date.fromisoformat(ends) - datetime.now(UTC).date()).days if ends else None
        user = self._gitlab.user.username if self._gitlab.user else ""
        return Token(user=user, scopes=tuple(found.get("scopes", ())), days_left=days)

    def _lazy(self, project: str) -> Project:
        return self._gitlab.projects.get(project, lazy=True)

    def _catalogue(self) -> tuple[Repository, ...]:
        projects = self._gitlab.projects.list(
            membership=True, min_access_level=30, archived=False, iterator=True
        )
        return tuple(
            sorted((self._with_people(_as_project(one)) for one in projects), key=lambda one: one.path)
        )

    def _with_people(self, project: Project) -> Repository:
        branches = project.branches.list(get_all=False, per_page=100)
        members = project.members_all.list(get_all=False, per_page=100)
        return _repository(project).model_copy(
            update={
                "branches": tuple(one.name for one in branches),
                "members": tuple(sorted(one.username for one in members)),
            }
        )

    def _newest(self, project: str, source_branch: str) -> ProjectMergeRequest | None:
        found = self._lazy(project).mergerequests.list(
            source_branch=source_branch,
            state="all",
            order_by="created_at",
            sort="desc",
            per_page=1,
            get_all=False,
        )
        return _as_merge_request(found[0]) if found else None

    def _put(self, proposal: Proposal) -> ProjectMergeRequest:
        present = self._newest(proposal.project, proposal.source_branch)
        if present is None:
            try:
                return self._create(proposal)
            except gitlab.GitlabCreateError as error:
                if error.response_code != 409:
                    raise
                present = self._newest(proposal.project, proposal.source_branch)
        if present is None or present.state not in ("opened", "locked"):
            raise _not_open(present)
        return self._update(present, proposal)

    def _create(self, proposal: Proposal) -> ProjectMergeRequest:
        created = self._lazy(proposal.project).mergerequests.create(
            {
                "source_branch": proposal.source_branch,
                "target_branch": proposal.target_branch,
                "title": _title(proposal),
                "description": proposal.description,
                "labels": ",".join((*self._labels, *proposal.labels)),
                "reviewer_ids": self._user_ids(proposal.reviewers),
                "remove_source_branch": True,
            }
        )
        return _as_merge_request(created)

    def _update(self, present: ProjectMergeRequest, proposal: Proposal) -> ProjectMergeRequest:
        changes: dict[str, Any] = {
            "title": _title(proposal),
            "description": proposal.description,
            "target_branch": proposal.target_branch,
            "add_labels": ",".join((*self._labels, *proposal.labels)),
        }
        if not present.reviewers:  # a person may have chosen others: theirs stay
            changes["reviewer_ids"] = self._user_ids(proposal.reviewers)
        self._lazy(proposal.project).mergerequests.update(present.iid, changes)
        return _as_merge_request(self._lazy(proposal.project).mergerequests.get(present.iid))

    def _user_ids(self, usernames: tuple[str, ...]) -> list[int]:
        found = [self._gitlab.users.list(username=one, get_all=False) for one in usernames]
        return [users[0].id for users in found if users]

    async def _read(self, what: str, function: Callable[[], T], *, absent_is_none: bool = False) -> T:
        for attempt in range(1, READS):
            try:
                return await self._call(what, function, absent_is_none=absent_is_none)
            except Transient as passing:
                if passing.retry_after > _SOON:
                    raise
            await asyncio.sleep(0.2 * attempt)
        return await self._call(what, function, absent_is_none=absent_is_none)

    async def _call(self, what: str, function: Callable[[], T], *, absent_is_none: bool = False) -> T:
        try:
            return await asyncio.to_thread(function)
        except gitlab.GitlabError as error:
            if absent_is_none and error.response_code == 404:
                raise _Absent from None
            raise _ending(what, error) from None
        except requests.RequestException:
            raise Transient("GitLab cannot be reached.", retry_after=5.0) from None


def _limited(response: requests.Response, *_: object, **__: object) -> None:
    """Pass a rate limit on with its time: python-gitlab would sleep through it in a thread."""
    if response.status_code == 429:
        response.close()
        after = response.headers.get("Retry-After", "")
        raise Transient("GitLab answered 429.", retry_after=float(after) if after.isdigit() else 5.0)


class _Absent(Exception):
    """The thing asked for is not there, which is an answer."""


def _ending(what: str, error: gitlab.GitlabError) -> Stop | Transient:
    code = error.response_code or 0
    if code == 401:
        return Stop("GitLab refused the token.", remedy="Ask the operator to renew GITLAB_TOKEN.")
    if code == 403:
        return Stop(
            f"GitLab does not let the bot do this in {what}.",
            remedy="Give its token the role Developer and the scopes api and write_repository.",
        )
    if code == 404:
        return Stop(
            f"GitLab has no {what} that the bot can see.",
            remedy="Check the path, and that the bot's token is a member there.",
            kind=StopKind.INPUT,
        )
    if code >= 500 or code == 0:
        return Transient(f"GitLab answered {code or 'nothing'} for {what}.", retry_after=5.0)
    return Stop(f"GitLab refused a request for {what}: {_words(error)}")


def _words(error: gitlab.GitlabError) -> str:
    text = error.error_message
    return str(text if isinstance(text, str) else text.decode(errors="replace"))[:300]


def _not_open(present: ProjectMergeRequest | None) -> Stop:
    if present is None:
        return Stop("GitLab says a merge request exists but does not show it.", remedy="Retry in a minute.")
    return Stop(
        f"Merge request !{present.iid} for this task is {present.state} already.",
        remedy="Reopen it to go on there, or ask for the change as a new task.",
    )


def _title(proposal: Proposal) -> str:
    title = (DRAFT if proposal.draft else "") + " ".join(proposal.title.split())
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"


def _repository(project: Project) -> Repository:
    return Repository(
        path=project.path_with_namespace,
        url=project.http_url_to_repo,
        web_url=project.web_url,
        default_branch=project.default_branch or "main",
    )


def _merge_request(project: str, found: ProjectMergeRequest) -> MergeRequest:
    return MergeRequest(
        project=project,
        iid=found.iid,
        url=found.web_url,
        title=found.title,
        source_branch=found.source_branch,
        target_branch=found.target_branch,
        sha=found.sha,
        draft=bool(found.draft),
        state=MergeRequestState(found.state),
    )


def _as_project(found: object) -> Project:
    if not isinstance(found, Project):
        raise TypeError(f"python-gitlab gave {type(found).__name__} for a project")
    return found


def _as_merge_request(found: object) -> ProjectMergeRequest:
    if not isinstance(found, ProjectMergeRequest):
        raise TypeError(f"python-gitlab gave {type(found).__name__} for a merge request")
    return found
