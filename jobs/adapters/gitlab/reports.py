"""Uploads, commit statuses and threads on lines, see https://docs.gitlab.com/api/discussions/."""

import re
from urllib.parse import quote

import gitlab
from gitlab.v4.objects import ProjectMergeRequest

from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.domain.patch import Sha
from jobs.domain.remark import CommitState, Remark, mark

CONTEXT = "codegen/verify"
"""Name of the commit status."""
TEXT = 255
"""Most characters of a commit status."""

_MARK = re.compile(r"<!-- codegen:([0-9a-z-]{1,64}) -->")


class GitLabReports:
    """ports.Reports over python-gitlab."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection
        self._own: int | None = None

    async def upload(self, project: str, *, name: str, content: bytes) -> str:
        """Put a file up and return a Markdown link to it."""

        def send() -> str:
            # python-gitlab's own upload does not encode the slash of a project's path
            path = f"/projects/{quote(project, safe='')}/uploads"
            answer = self._connection.api.http_post(path, files={"file": (name, content)})
            return str(answer["markdown"]) if isinstance(answer, dict) else ""

        return await self._connection.call(project, send)

    async def status(self, project: str, commit: Sha, state: CommitState, *, text: str, url: str) -> None:
        """Set the status of a commit; GitLab refuses the state that it has, which is what was wanted."""
        told = {"state": state.value, "name": CONTEXT, "description": text[:TEXT], "target_url": url}

        def send() -> None:
            try:
                self._connection.project(project).commits.get(commit, lazy=True).statuses.create(told)
            except gitlab.GitlabCreateError as error:
                if error.response_code != 400 or "Cannot transition" not in str(error.error_message):
                    raise

        await self._connection.call(project, send)

    async def remarked(self, project: str, iid: int) -> frozenset[str]:
        """Keys of everything we ever remarked, resolved or not; what others write has no marks."""
        return frozenset(key for _, _, key in await self._marked(project, iid))

    async def remark(self, project: str, iid: int, remark: Remark, *, head: Sha) -> bool:
        """Open a thread on a line of the head; False when the merge request does not show that line."""

        def send() -> bool:
            request = self._connection.project(project).mergerequests.get(iid)
            refs = getattr(request, "diff_refs", None) or {}
            if refs.get("head_sha") != head:
                return False  # the merge request has not taken up this commit, or has gone past it
            lines = {"old_path": remark.path, "new_path": remark.path, "new_line": remark.line}
            position = {"position_type": "text", **refs, **lines}
            try:
                request.discussions.create({"body": remark.body, "position": position})
            except gitlab.GitlabCreateError as error:
                if error.response_code != 400:
                    raise
                return False
            return True

        return await self._connection.call(project, send, cost=2)

    async def note(self, project: str, iid: int, *, key: str, body: str) -> None:
        """Put a plain note with this key, or rewrite the one that has it."""
        body = f"{body}\n\n{mark(key)}"
        present = [(number, text) for number, text, known in await self._marked(project, iid) if known == key]

        def send() -> None:
            notes = self._request(project, iid).notes
            if not present:
                notes.create({"body": body})
            elif present[0][1] != body:
                notes.update(present[0][0], {"body": body})

        await self._connection.call(project, send)

    async def _marked(self, project: str, iid: int) -> list[tuple[int, str, str]]:
        """Id, text and key of each of our own marked notes: anybody else could forge a mark."""

        def read() -> list[tuple[int, str, str]]:
            own = self._user()
            notes = self._request(project, iid).notes.list(iterator=True)
            found = [(one.id, one.body, _MARK.search(one.body)) for one in notes if one.author["id"] == own]
            return [(number, body, match[1]) for number, body, match in found if match]

        return await self._connection.read(project, read, cost=2)

    def _request(self, project: str, iid: int) -> ProjectMergeRequest:
        return self._connection.project(project).mergerequests.get(iid, lazy=True)

    def _user(self) -> int:
        if self._own is None:
            self._connection.api.auth()
            self._own = self._connection.api.user.id if self._connection.api.user else 0
        return self._own
