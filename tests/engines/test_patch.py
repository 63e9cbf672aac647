"""The engine that applies a given diff."""

from pathlib import Path

import pytest

from jobs.domain.brief import Brief
from jobs.domain.budget import Cap, Spend
from jobs.domain.spec import Criterion, Kind, Spec
from jobs.engines.patch import PatchEngine
from jobs.errors import Stop
from tests.engines.agent.notes import Notes
from tests.engines.folder import FolderWorkspace

SPEC = Spec(
    kind=Kind.DOCS, title="Greet", repository="a/b", goal="Greet.", criteria=(Criterion(id="AC1", text="Hi"),)
)
BRIEF = Brief(task="cg-00000001", spec=SPEC, round=1, cap=Cap())


@pytest.fixture
def workspace(tmp_path: Path) -> FolderWorkspace:
    (tmp_path / "a.txt").write_text("hello\n")
    return FolderWorkspace.of_folder(tmp_path)


async def _diff(workspace: FolderWorkspace) -> str:
    file = workspace.folder / "a.txt"
    file.write_text("good morning\n")
    diff = (await workspace.patch()).diff
    file.write_text("hello\n")
    return diff


async def test_the_diff_is_applied_once_and_costs_nothing(workspace: FolderWorkspace) -> None:
    engine = PatchEngine(await _diff(workspace))
    for _ in range(2):
        work = await engine.work(BRIEF, workspace, Notes())
        assert await workspace.read("a.txt") == b"good morning\n"
        assert work.spend == Spend()


async def test_a_second_round_has_nothing_to_add(workspace: FolderWorkspace) -> None:
    engine = PatchEngine(await _diff(workspace))
    with pytest.raises(Stop, match="did not pass"):
        await engine.work(BRIEF.model_copy(update={"round": 2}), workspace, Notes())


async def test_a_diff_that_does_not_apply_is_a_stop(workspace: FolderWorkspace) -> None:
    diff = await _diff(workspace)
    (workspace.folder / "a.txt").write_text("other\n")
    with pytest.raises(Stop):
        await PatchEngine(diff).work(BRIEF, FolderWorkspace.of_folder(workspace.folder), Notes())
    with pytest.raises(Stop, match="empty"):
        await PatchEngine("\n").work(BRIEF, workspace, Notes())
