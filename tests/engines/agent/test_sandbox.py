"""The same work inside the real sandbox."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.adapters.model import ProviderModel
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.brief import Brief
from jobs.domain.review import Repository
from jobs.engines.agent import AgentEngine
from tests.engines.agent.notes import Notes
from tests.engines.folder import FolderWorkspace


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # a sandbox user cannot enter /root
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")
async def test_the_tools_run_in_the_sandbox(brief: Brief, scripted: ProviderModel, home: Path) -> None:
    sample = FolderWorkspace.of_sample(home / "sample")
    repository = Repository(path="payments/api", url=f"file://{sample.folder}")
    workspaces = GitWorkspaces(home / "codegen")
    start = await workspaces.resolve(repository, sample.start)
    async with workspaces.open(repository, start, environment=None) as workspace:
        work = await AgentEngine(scripted).work(brief, workspace, Notes())
        patch = await workspace.patch()
    assert [proof.criterion for proof in work.proofs] == ["AC1", "AC2", "AC3"]
    assert [one.path for one in patch.files] == [
        "CHANGELOG.md",
        "docs/rounding.md",
        "src/invoices/money.py",
        "src/invoices/tax.py",
        "tests/test_half_up.py",
    ]
    assert (await sample.patch()).empty  # nothing was touched outside
