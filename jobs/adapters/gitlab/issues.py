"""Issues, see https://docs.gitlab.com/api/issues/."""

from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.ports.issues import Issue


class GitLabIssues:
    """ports.Issues over python-gitlab."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    async def issue(self, project: str, iid: int) -> Issue:
        """One issue; raises Stop when it is not there or may not be seen."""
        found = await self._connection.read(
            f"issue #{iid} of {project}", lambda: self._connection.project(project).issues.get(iid)
        )
        return Issue(title=found.title, text=found.description or "", url=found.web_url)
