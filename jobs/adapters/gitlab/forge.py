"""Projects, branches and merge requests of runs, see https://docs.gitlab.com/api/rest/."""

from datetime import UTC, date, datetime
from typing import Any

import gitlab
from gitlab.v4.objects import Project, ProjectMergeRequest

from jobs.adapters.gitlab.ci import pipeline_status as _status
from jobs.adapters.gitlab.connection import Absent, GitLabConnection
from jobs.adapters.gitlab.reports import CONTEXT
from jobs.domain.base_model import Frozen
from jobs.domain.description import enclosed, merged, retitled
from jobs.domain.patch import Sha
from jobs.domain.review import (
    DRAFT,
    MergeRequest,
    MergeRequestState,
    PipelineStatus,
    Proposal,
    Repository,
    ready_title,
)
from jobs.errors import Stop

TITLE = 255
"""Most characters in a merge request's title."""


class Token(Frozen):
    """What GitLab says of the token in use."""

    user: str
    """Whose it is."""
    scopes: tuple[str, ...]
    """What it may."""
    days_left: int | None
    """Days until it ends; None when it never does."""


class GitLabForge:
    """ports.Forge over python-gitlab."""

    def __init__(self, connection: GitLabConnection, *, labels: tuple[str, ...] = ("codegen",)) -> None:
        self._connection = connection
        self._labels = labels

    async def repository(self, path: str) -> Repository:
        """A project by its full path; raises Stop naming it when missing or refused."""
        project = await self._connection.read(path, lambda: self._connection.api.projects.get(path))
        return _repository(project)

    async def catalogue(self) -> tuple[Repository, ...]:
        """Every project the token can push to, with some branches and members, by path."""
        return await self._connection.read("the project list", self._catalogue, cost=10)

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        """A branch's commit, or None when there is no such branch."""
        try:
            found = await self._connection.read(
                project, lambda: self._connection.project(project).branches.get(branch), may_be_absent=True
            )
        except Absent:
            return None
        return str(found.commit["id"])

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        """The newest merge request from that branch, in whatever state."""
        found = await self._connection.read(project, lambda: self._newest(project, source_branch))
        return as_merge_request(project, found) if found else None

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        """Open the merge request, or update the open one of that branch; raises Stop when it has ended."""
        stored = await self._connection.call(proposal.project, lambda: self._put(proposal), cost=4)
        return as_merge_request(proposal.project, stored)

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        """What CI says of exactly this commit, by its newest pipeline; our own status is not CI."""
        newest: dict[str, Any] = {"sha": commit, "per_page": 20, "get_all": False}
        found = await self._connection.read(
            project, lambda: self._connection.project(project).pipelines.list(**newest)
        )
        own = [one.status for one in found if one.source != "external"][:1]
        return _said(
            own or (await self._connection.read(project, lambda: self._from_outside(project, commit)))
        )

    async def token(self) -> Token:
        """Whose token it is, what it may and how long it lasts."""
        return await self._connection.read("the token", self._token)

    def _token(self) -> Token:
        self._connection.api.auth()
        own = self._connection.api.http_get("/personal_access_tokens/self")
        found = own if isinstance(own, dict) else {}
        ends = found.get("expires_at")
        days = (date.fromisoformat(ends) - datetime.now(UTC).date()).days if ends else None
        user = self._connection.api.user.username if self._connection.api.user else ""
        return Token(user=user, scopes=tuple(found.get("scopes", ())), days_left=days)

    def _from_outside(self, project: str, commit: Sha) -> list[str]:
        """What others than us say of a commit without a pipeline of GitLab's own."""
        statuses = self._connection.project(project).commits.get(commit, lazy=True).statuses
        return [one.status for one in statuses.list(iterator=True) if one.name != CONTEXT]

    def _catalogue(self) -> tuple[Repository, ...]:
        projects = self._connection.api.projects.list(
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
        found = self._connection.project(project).mergerequests.list(
            source_branch=source_branch,
            state="all",
            order_by="created_at",
            sort="desc",
            per_page=1,
            get_all=False,
        )
        return _checked(found[0]) if found else None

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
        created = self._connection.project(proposal.project).mergerequests.create(
            {
                "source_branch": proposal.source_branch,
                "target_branch": proposal.target_branch,
                "title": _title(proposal),
                "description": enclosed(proposal.description, title=proposal.title),
                "labels": ",".join((*self._labels, *proposal.labels)),
                "reviewer_ids": self._user_ids(proposal.reviewers),
                "remove_source_branch": proposal.remove_source_branch,
                **({} if proposal.squash is None else {"squash": proposal.squash}),
            }
        )
        return _checked(created)

    def _update(self, present: ProjectMergeRequest, proposal: Proposal) -> ProjectMergeRequest:
        before, named = present.description or "", ready_title(present.title)
        title = named if retitled(before, named) else proposal.title  # a person's title stays
        changes: dict[str, Any] = {
            "title": _title(proposal.model_copy(update={"title": title})),
            "description": merged(before, proposal.description, title=proposal.title),
            "target_branch": proposal.target_branch,
            "add_labels": ",".join((*self._labels, *proposal.labels)),
        }
        if not present.reviewers:  # a person may have chosen others: theirs stay
            changes["reviewer_ids"] = self._user_ids(proposal.reviewers)
        self._connection.project(proposal.project).mergerequests.update(present.iid, changes)
        return _checked(self._connection.project(proposal.project).mergerequests.get(present.iid))

    def _user_ids(self, usernames: tuple[str, ...]) -> list[int]:
        found = [self._connection.api.users.list(username=one, get_all=False) for one in usernames]
        return [users[0].id for users in found if users]


def _said(statuses: list[str]) -> PipelineStatus:
    said = {_status(one) for one in statuses}
    worst = (PipelineStatus.FAILED, PipelineStatus.PENDING, PipelineStatus.PASSED)
    return next((one for one in worst if one in said), PipelineStatus.NONE)


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
        archived=bool(project.attributes.get("archived")),
    )


def as_merge_request(project: str, found: ProjectMergeRequest) -> MergeRequest:
    """The noun of what python-gitlab gives."""
    return MergeRequest(
        project=project,
        project_id=found.project_id,
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


def _checked(found: object) -> ProjectMergeRequest:
    if not isinstance(found, ProjectMergeRequest):
        raise TypeError(f"python-gitlab gave {type(found).__name__} for a merge request")
    return found
