"""Issues as a way in, see https://docs.gitlab.com/api/issues/ and https://docs.gitlab.com/api/notes/."""

from datetime import datetime
from typing import Any

from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.domain.remark import mark
from jobs.errors import Stop, StopKind
from jobs.ports.inbound import IssueComment, IssueThread

TEXT = 64_000
"""Most characters kept of a description or a comment."""


class GitLabInbound:
    """ports.Inbound over python-gitlab; what it writes carries its key where nobody sees it."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection
        self._user: str | None = None

    async def changed(self, project: str, since: datetime) -> tuple[int, ...]:
        """Numbers of the open issues that changed since."""
        wanted: dict[str, Any] = {"state": "opened", "updated_after": since.isoformat(), "per_page": 100}
        found = await self._connection.read(
            project, lambda: list(self._connection.project(project).issues.list(iterator=True, **wanted))
        )
        return tuple(one.iid for one in found)

    async def thread(self, project: str, iid: int) -> IssueThread:
        """An issue with its comments; raises Stop when it may not be seen."""
        ours = await self._own_name()

        def read() -> IssueThread:
            issue = self._connection.project(project).issues.get(iid)
            now = str((issue.attributes.get("references") or {}).get("full", "")).rpartition("#")[0]
            if now and now.casefold() != project.casefold():
                raise Stop(
                    f"The project {project} is {now} in GitLab now.",
                    remedy="Name it so in codegen.toml.",
                    kind=StopKind.INPUT,
                )
            notes = issue.notes.list(iterator=True, order_by="created_at", sort="asc")
            return IssueThread(
                project=project,
                iid=iid,
                title=issue.title,
                text=(issue.description or "")[:TEXT],
                author=issue.author["username"],
                labels=tuple(issue.labels),
                comments=tuple(_comment(one, ours) for one in notes if not one.system),
                closed=issue.state == "closed",
            )

        return await self._connection.read(f"issue #{iid} of {project}", read, cost=2)

    async def note(self, project: str, iid: int, *, text: str, key: str) -> None:
        """Write a note, or bring our one with the same key up to date: others could forge a key."""
        ours, body = await self._own_name(), f"{text}\n\n{mark(key)}"

        def send() -> None:
            notes = self._connection.project(project).issues.get(iid, lazy=True).notes
            for one in notes.list(iterator=True, order_by="created_at", sort="asc"):
                if one.author["username"] == ours and mark(key) in one.body:
                    if one.body != body:
                        notes.update(one.id, {"body": body})
                    return
            notes.create({"body": body})

        await self._connection.call(project, send, cost=2)

    async def _own_name(self) -> str:
        if self._user is None:
            user = await self._connection.read("the token", lambda: self._connection.api.http_get("/user"))
            self._user = str(user["username"]) if isinstance(user, dict) else ""
        return self._user


def _comment(note: Any, ours: str) -> IssueComment:
    author = str(note.author["username"])
    return IssueComment(
        id=note.id,
        author=author,
        text=note.body[:TEXT],
        at=datetime.fromisoformat(note.created_at.replace("Z", "+00:00")),
        updated_at=datetime.fromisoformat(note.updated_at.replace("Z", "+00:00")),
        ours=author == ours,
    )
