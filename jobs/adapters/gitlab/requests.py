"""Open merge requests and issues, see https://docs.gitlab.com/api/merge_requests/."""

from typing import Any

from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.domain.review import MergeRequest, MergeRequestState


class GitLabRequests:
    """ports.OpenRequests over python-gitlab."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    async def open_requests(self, project: str) -> tuple[MergeRequest, ...]:
        """The newest open merge requests, 100 at most."""
        wanted: dict[str, Any] = {"state": "opened", "per_page": 100, "get_all": False}
        found = await self._connection.read(
            project, lambda: self._connection.project(project).mergerequests.list(**wanted)
        )
        return tuple(
            MergeRequest(
                project=project,
                project_id=one.project_id,
                iid=one.iid,
                url=one.web_url,
                title=one.title,
                source_branch=one.source_branch,
                target_branch=one.target_branch,
                sha=one.sha,
                draft=bool(one.draft),
                state=MergeRequestState.OPENED,
            )
            for one in found
        )
