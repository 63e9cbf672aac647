"""Fetching and pushing over HTTP with a token, against the GitLab stand-in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.errors import Stop
from jobs.ports import BranchMoved
from playground.gitlab import GitLabStandIn
from playground.serve import serving
from tests.adapters.checkouts import shell

TOKEN = "glpat-playground-token"
AT = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_change_reaches_gitlab_with_the_token(ground: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.py").write_text("one\n")
    standin = GitLabStandIn(tmp_path / "repositories")
    await standin.add_project("payments/api", source)
    async with serving(standin.app) as url:
        repository = Repository(path="payments/api", url=f"{url}/payments/api.git")
        workspaces = GitWorkspaces(ground / "http", credentials={url: SecretStr(TOKEN)})
        start = await workspaces.resolve(repository, "main")
        async with workspaces.open(repository, start, environment=None) as workspace:
            await shell(workspace, "echo two >>app.py")
            commit = await workspace.commit(message="Two", at=AT, parent=start)
            await workspace.push(branch="codegen/cg-1", commit=commit, expect=None)
            with pytest.raises(BranchMoved):
                await workspace.push(branch="codegen/cg-1", commit=start, expect=start)
            with pytest.raises(Stop, match="does not let the token push to main"):
                await workspace.push(branch="main", commit=commit, expect=start)
        assert await workspaces.resolve(repository, "codegen/cg-1") == commit
        with pytest.raises(Stop, match="There is no repository payments/gone"):
            await workspaces.resolve(Repository(path="payments/gone", url=f"{url}/payments/gone.git"), "main")
        stranger = GitWorkspaces(ground / "stranger", credentials={url: SecretStr("glpat-nobody")})
        with pytest.raises(Stop, match="The token was refused for payments/api"):
            await stranger.resolve(repository, "main")
