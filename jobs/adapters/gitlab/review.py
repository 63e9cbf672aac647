"""Discussions, notes and the end of a merge request, see https://docs.gitlab.com/api/merge_requests/."""

from typing import Any
from urllib.parse import quote

import gitlab

from jobs.adapters.gitlab.connection import MOVED, GitLabConnection
from jobs.adapters.gitlab.forge import as_merge_request
from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest, MergeRequestState
from jobs.errors import Stop
from jobs.render import render

REFUSALS = frozenset({401, 403, 405, 406, 409, 422})
"""Answers to a merge that a person can do something about."""


class GitLabReview:
    """ports.Review over python-gitlab; what it writes carries its key where nobody sees it."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    async def answer(self, project: str, iid: int, *, discussion: str, text: str, key: str) -> None:
        """Write a reply into a discussion, once per key."""
        await self._connection.call(
            project, lambda: self._answer(project, iid, (discussion, text, key)), cost=2
        )

    async def resolve(self, project: str, iid: int, *, discussion: str) -> None:
        """Mark a discussion as resolved; a single note cannot be and is left alone."""
        await self._connection.call(project, lambda: self._resolve(project, iid, discussion), cost=2)

    async def merge_when_approved(self, project: str, iid: int, *, sha: Sha) -> MergeRequest:
        """Ask for the merge of exactly this head; https://docs.gitlab.com/api/merge_requests/ has it."""
        stored = await self._connection.call(project, lambda: self._merge(project, iid, sha), cost=2)
        return as_merge_request(project, stored)

    async def close(self, project: str, iid: int) -> MergeRequest:
        """Close it; raises Stop when it was merged meanwhile."""
        stored = await self._connection.call(project, lambda: self._close(project, iid), cost=2)
        return as_merge_request(project, stored)

    async def retarget(self, project: str, iid: int, *, branch: str) -> None:
        """Make it one for another branch."""
        await self._connection.call(project, lambda: self._retarget(project, iid, branch), cost=2)

    def _answer(self, project: str, iid: int, words: tuple[str, str, str]) -> None:
        discussion, text, key = words
        found = self._lazy(project, iid).discussions.get(discussion)
        if not any(_carries(one["body"], key) for one in found.attributes["notes"]):
            found.notes.create({"body": _marked(text, key)})

    def _resolve(self, project: str, iid: int, discussion: str) -> None:
        found = self._lazy(project, iid).discussions.get(discussion)
        notes = found.attributes["notes"]
        if any(one.get("resolvable") and not one.get("resolved") for one in notes):
            found.resolved = True
            found.save()

    def _merge(self, project: str, iid: int, sha: Sha) -> Any:
        path = f"/projects/{quote(project, safe='')}/merge_requests/{iid}/merge"
        # auto_merge took the place of the older name in GitLab 17.11; each knows one and ignores the other
        wish = {"sha": sha, "auto_merge": True, "merge_when_pipeline_succeeds": True}
        present = self._get(project, iid)
        if present.state == MergeRequestState.MERGED:
            return present
        if present.state == MergeRequestState.CLOSED:
            raise _refusal(0, "closed", iid)
        try:
            self._connection.api.http_put(path, post_data=wish)
        except gitlab.GitlabError as error:
            if error.response_code not in REFUSALS or MOVED in str(error.error_message):
                raise
            now = self._get(project, iid)
            raise _refusal(error.response_code or 0, str(now.detailed_merge_status), iid) from None
        return self._get(project, iid)

    def _close(self, project: str, iid: int) -> Any:
        present = self._get(project, iid)
        if present.state == MergeRequestState.MERGED:
            raise _refusal(0, "merged", iid)
        if present.state != MergeRequestState.CLOSED:
            self._requests(project).update(iid, {"state_event": "close"})
        return self._get(project, iid)

    def _retarget(self, project: str, iid: int, branch: str) -> None:
        if self._get(project, iid).target_branch != branch:
            self._requests(project).update(iid, {"target_branch": branch})

    def _requests(self, project: str) -> Any:
        return self._connection.project(project).mergerequests

    def _lazy(self, project: str, iid: int) -> Any:
        return self._requests(project).get(iid, lazy=True)

    def _get(self, project: str, iid: int) -> Any:
        return self._requests(project).get(iid)


def _marked(text: str, key: str) -> str:
    return f"{text}\n\n{_mark(key)}"


def _carries(body: str, key: str) -> bool:
    return _mark(key) in body


def _mark(key: str) -> str:
    return f"<!-- codegen:{key} -->"


def _refusal(code: int, status: str, iid: int) -> Stop:
    words = render("merge_request/refusal.md.j2", code=code, status=status, iid=iid)
    reason, _, remedy = words.partition("\n")
    return Stop(reason.strip(), remedy=remedy.strip())
