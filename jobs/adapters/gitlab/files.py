"""Files of a branch, see https://docs.gitlab.com/api/repository_files/#get-raw-file-from-repository."""

from jobs.adapters.gitlab.connection import Absent, GitLabConnection


class GitLabFiles:
    """ports.Files over python-gitlab."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    async def file(self, project: str, branch: str, path: str) -> bytes | None:
        """A file's bytes at a branch's head."""
        try:
            return await self._connection.read(
                project,
                lambda: bytes(self._connection.project(project).files.raw(file_path=path, ref=branch)),
                may_be_absent=True,
            )
        except Absent:
            return None
