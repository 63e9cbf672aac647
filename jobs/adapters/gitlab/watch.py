"""What people and pipelines do to merge requests, see https://docs.gitlab.com/api/merge_requests/."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import gitlab
from gitlab.v4.objects import Project, ProjectMergeRequest

from jobs.adapters.gitlab.ci import failed_job, pipeline_status
from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.adapters.gitlab.reports import CONTEXT
from jobs.domain.observed import Comment, FailedJob, Listed, Pipeline, Sight
from jobs.domain.review import MergeRequest, MergeRequestState
from jobs.errors import BranchGone, StopKind, archived
from jobs.ports.watch import Edit

TEXT = 4_000
"""Most characters kept of one comment."""

REMEMBERED = 2000
"""Pipelines from outside whose jobs are remembered by name."""

PAGE = 100
"""Entries GitLab gives in one answer."""

Fields = dict[str, Any]


class GitLabWatch:
    """ports.Watch over python-gitlab."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection
        self._user: str | None = None
        self._statuses: dict[str, frozenset[str]] = {}

    async def look(self, request: MergeRequest, *, known: Sight | None = None) -> Sight:
        """Everything about a merge request now; raises Stop when it, its branch or its project is gone.

        Asked for by the project's number where that is known: another project may have its old name.
        """
        ours = await self._own_name()
        what, key = f"{request.project}!{request.iid}", str(request.project_id or request.project)
        found = await self._connection.read(what, lambda: self._request(key, request.iid).attributes, cost=1)
        project = _project_now(found) or request.project
        if known is not None and _same(known, found):
            sight = known.model_copy(update=_cheap(project, found))
        else:
            sight = await self._connection.read(what, lambda: self._sight(project, found, ours), cost=6)
        return await self._told_apart(project, found, sight)

    async def changed_since(self, moment: datetime) -> tuple[Listed, ...]:
        """Every merge request this token opened that changed since."""
        wanted: Fields = {
            "scope": "created_by_me",
            "state": "all",
            "updated_after": moment.isoformat(),
            "order_by": "updated_at",
            "sort": "asc",
            "per_page": PAGE,
        }
        found = await self._connection.read(
            "the list of merge requests",
            lambda: list(self._connection.api.mergerequests.list(iterator=True, **wanted)),
        )
        return tuple(_listed(one.attributes) for one in found)

    async def failed_jobs(self, project: str, pipeline: int) -> tuple[FailedJob, ...]:
        """The jobs that failed a pipeline and were not allowed to."""
        return await self._connection.read(project, lambda: self._failed(project, pipeline), cost=4)

    async def retry_job(self, project: str, job: int) -> None:
        """Run a job again; one that was run again already is left alone."""

        def again() -> None:
            try:
                self._connection.project(project).jobs.get(job, lazy=True).retry()
            except gitlab.GitlabJobRetryError as error:
                if error.response_code not in (403, 404):
                    raise

        await self._connection.call(project, again)

    async def edit(self, project: str, iid: int, edit: Edit) -> None:
        """Change title, reviewers or description."""
        await self._connection.call(f"{project}!{iid}", lambda: self._edit(project, iid, edit), cost=2)

    async def open_reviews(self, username: str) -> int:
        """How many open merge requests of this token a person is asked to review."""
        wanted: Fields = {"scope": "created_by_me", "state": "opened", "reviewer_username": username}
        found = await self._connection.read(
            "the list of merge requests",
            lambda: self._connection.api.mergerequests.list(per_page=PAGE, get_all=False, **wanted),
        )
        return len(found)

    async def authors(
        self, project: str, commit: str, lines: Mapping[str, tuple[int, int]]
    ) -> tuple[str, ...]:
        """Members who last changed these lines of files at a commit, who wrote most of them first."""
        if not lines:
            return ()
        ours, cost = await self._own_name(), len(lines) + 1
        found = await self._connection.read(project, lambda: self._authors(project, commit, lines), cost=cost)
        return tuple(one for one in found if one != ours)

    async def _told_apart(self, project: str, found: Fields, sight: Sight) -> Sight:
        """The sight that says whether its pipeline is made of our own commit status alone."""
        newest, pipeline = found.get("head_pipeline") or {}, sight.pipeline
        if pipeline is None or newest.get("source") != "external":
            return sight
        key = f"{project} {pipeline.id} {newest.get('updated_at')}"
        if key not in self._statuses:
            names = await self._connection.read(project, lambda: self._status_names(project, pipeline.commit))
            self._statuses[key] = names
        while len(self._statuses) > REMEMBERED:
            self._statuses.pop(next(iter(self._statuses)))
        ours = self._statuses[key] <= {CONTEXT}
        return sight.model_copy(update={"pipeline": pipeline.model_copy(update={"ours": ours})})

    def _status_names(self, project: str, commit: str) -> frozenset[str]:
        found = self._connection.project(project).commits.get(commit, lazy=True).statuses.list(iterator=True)
        return frozenset(str(one.name) for one in found)

    async def _own_name(self) -> str:
        if self._user is None:
            user = await self._connection.read("the token", lambda: self._connection.api.http_get("/user"))
            self._user = str(user["username"]) if isinstance(user, dict) else ""
        return self._user

    def _request(self, project: str, iid: int) -> ProjectMergeRequest:
        return self._connection.project(project).mergerequests.get(iid)

    def _sight(self, project: str, found: Fields, ours: str) -> Sight:
        handle = self._connection.api.projects.get(found["project_id"])
        if handle.attributes.get("archived"):
            raise archived(project)
        request = handle.mergerequests.get(found["iid"], lazy=True)
        approvals = request.approvals.get()
        discussions = list(request.discussions.list(iterator=True, per_page=PAGE))
        wanting = [one.attributes for one in request.reviewer_details.list(get_all=True)]
        if found["state"] == "opened":
            _expect_branch(handle, project, found["source_branch"])
        return Sight(
            **_cheap(project, found),
            author=_username(found.get("author")),
            approvers=tuple(_username(one.get("user")) for one in approvals.approved_by),
            changes_wanted=tuple(
                _username(one.get("user")) for one in wanting if one.get("state") == "requested_changes"
            ),
            comments=_comments((one.attributes for one in discussions), found=found, ours=ours),
            target_head=_branch_head(handle, found["target_branch"]),
            merged_by=_username(found.get("merge_user") or found.get("merged_by")),
            closed_by=_username(found.get("closed_by")),
        )

    def _failed(self, project: str, pipeline: int) -> tuple[FailedJob, ...]:
        handle = self._connection.project(project)
        run = handle.pipelines.get(pipeline, lazy=True)
        failed = [one for one in run.jobs.list(iterator=True, scope=["failed"]) if not one.allow_failure]
        report = run.test_report.get().attributes if failed else {}
        return tuple(
            failed_job(one.attributes, trace=_trace(handle, one.id), report=report) for one in failed[:10]
        )

    def _authors(self, project: str, commit: str, lines: Mapping[str, tuple[int, int]]) -> tuple[str, ...]:
        handle = self._connection.project(project)
        members = list(handle.members_all.list(iterator=True, per_page=PAGE))
        known = {str(one.name).casefold(): str(one.username) for one in members}
        known |= {str(one.username).casefold(): str(one.username) for one in members}
        found: Counter[str] = Counter()
        for path, (first, last) in lines.items():
            span: Fields = {"range[start]": first, "range[end]": last}
            for one in handle.files.blame(path, ref=commit, **span):
                local = str(one["commit"].get("author_email") or "").partition("@")[0]
                name = str(one["commit"].get("author_name") or "")
                username = known.get(local.casefold()) or known.get(name.casefold())
                found.update({username: len(one["lines"])} if username else {})
        return tuple(username for username, _ in found.most_common())

    def _edit(self, project: str, iid: int, edit: Edit) -> None:
        given: Fields = {"title": edit.title, "description": edit.description}
        changes = {name: value for name, value in given.items() if value is not None}
        if edit.reviewers is not None:
            users = [self._connection.api.users.list(username=one, get_all=False) for one in edit.reviewers]
            changes["reviewer_ids"] = [found[0].id for found in users if found]
        if changes:
            self._connection.project(project).mergerequests.update(iid, changes)


def _same(known: Sight, found: Fields) -> bool:
    head = known.merge_request.sha == found.get("sha") and known.merge_request.state == found["state"]
    return head and known.updated_at == _moment(found["updated_at"])


def _cheap(project: str, found: Fields) -> Fields:
    """What one answer about a merge request holds."""
    return {
        "merge_request": MergeRequest(
            project=project,
            project_id=found["project_id"],
            iid=found["iid"],
            url=found["web_url"],
            title=found["title"],
            source_branch=found["source_branch"],
            target_branch=found["target_branch"],
            sha=found.get("sha"),
            draft=bool(found.get("draft")),
            state=MergeRequestState(found["state"]),
        ),
        "description": found.get("description") or "",
        "reviewers": tuple(_username(one) for one in found.get("reviewers") or ()),
        "pipeline": _pipeline(found),
        "conflicts": bool(found.get("has_conflicts")),
        "updated_at": _moment(found["updated_at"]),
    }


def _pipeline(found: Fields) -> Pipeline | None:
    newest = found.get("head_pipeline") or found.get("pipeline")
    if not newest or newest.get("sha") != found.get("sha"):
        return None
    return Pipeline(
        id=newest["id"],
        commit=newest["sha"],
        status=pipeline_status(newest["status"]),
        url=newest.get("web_url") or "",
    )


def _comments(discussions: Iterable[Fields], *, found: Fields, ours: str) -> tuple[Comment, ...]:
    comments = [
        _comment(note, discussion=one["id"], url=found["web_url"], ours=ours)
        for one in discussions
        for note in one.get("notes", ())
        if not note.get("system")
    ]
    return tuple(sorted(comments, key=lambda comment: (comment.at, comment.id)))


def _comment(note: Fields, *, discussion: str, url: str, ours: str) -> Comment:
    position = note.get("position") or {}
    author = _username(note.get("author"))
    return Comment(
        id=note["id"],
        discussion=discussion,
        author=author,
        text=str(note.get("body") or "")[:TEXT],
        at=_moment(note["created_at"]),
        ours=author == ours,
        resolvable=bool(note.get("resolvable")),
        resolved=bool(note.get("resolved")),
        path=position.get("new_path") or position.get("old_path"),
        line=position.get("new_line") or position.get("old_line"),
        commit=position.get("head_sha"),
        url=f"{url}#note_{note['id']}",
    )


def _listed(found: Fields) -> Listed:
    return Listed(project=_project_now(found), iid=found["iid"], updated_at=_moment(found["updated_at"]))


def _project_now(found: Fields) -> str:
    """The present path of the project that a merge request is in."""
    return str((found.get("references") or {}).get("full", "")).rpartition("!")[0]


def _expect_branch(handle: Project, project: str, branch: str) -> None:
    if _branch_head(handle, branch) is None:
        raise BranchGone(
            f"The branch {branch} of {project} is gone.",
            remedy="Retry makes it anew; close the merge request if it is not wanted any more.",
            kind=StopKind.INPUT,
        )


def _branch_head(handle: Project, branch: str) -> str | None:
    try:
        return str(handle.branches.get(branch).commit["id"])
    except gitlab.GitlabGetError as error:
        if error.response_code != 404:
            raise
        return None


def _trace(handle: Project, job: int) -> str:
    content = handle.jobs.get(job, lazy=True).trace()
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _username(user: Fields | None) -> str:
    return str(user.get("username") or "") if user else ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
