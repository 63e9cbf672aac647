"""A crash at any turn changes nothing about the result."""

import shutil
from pathlib import Path

import pytest

from jobs.adapters.model import ProviderModel
from jobs.domain.brief import Brief
from jobs.engines.agent import AgentEngine
from playground.model import ModelStandIn
from tests.engines.agent.notes import Killed, Notes
from tests.engines.folder import FolderWorkspace

TURNS = (1, 2, 4, 6, 9)


@pytest.mark.parametrize(
    ("fresh", "at"),
    [
        pytest.param(True, TURNS[::4], id="another host"),
        pytest.param(False, TURNS[2::4], id="the same tree"),
        pytest.param(True, TURNS, id="another host, every turn", marks=pytest.mark.cases),
        pytest.param(False, TURNS, id="the same tree, every turn", marks=pytest.mark.cases),
    ],
)
async def test_going_on_after_crashes_gives_the_same_tree(
    *,
    fresh: bool,
    at: tuple[int, ...],
    brief: Brief,
    scripted: ProviderModel,
    stand_in: ModelStandIn,
    tmp_path: Path,
) -> None:
    engine = AgentEngine(scripted)
    whole = FolderWorkspace.of_sample(tmp_path / "whole")
    expected = await engine.work(brief, whole, Notes())
    calls = stand_in.calls.completions
    workspace, conversation, turns = FolderWorkspace.of_sample(tmp_path / "broken"), None, 0
    for number, turn in enumerate(at):
        notes = Notes(die_at=turn - turns)
        with pytest.raises(Killed):
            await engine.work(brief.model_copy(update={"conversation": conversation}), workspace, notes)
        conversation, turns = notes.conversation, turn
        if fresh:
            workspace = FolderWorkspace.of_sample(tmp_path / f"host{number}")
    work = await engine.work(brief.model_copy(update={"conversation": conversation}), workspace, Notes())
    assert (await workspace.patch()).tree == (await whole.patch()).tree
    assert (work.summary, work.proofs) == (expected.summary, expected.proofs)
    assert [one.id for one in work.assumptions] == [one.id for one in expected.assumptions]
    assert stand_in.calls.completions == 2 * calls  # no turn was asked for twice


async def test_a_finished_round_is_not_asked_again(
    brief: Brief, scripted: ProviderModel, stand_in: ModelStandIn, tmp_path: Path
) -> None:
    engine, workspace = AgentEngine(scripted), FolderWorkspace.of_sample(tmp_path / "one")
    first = await engine.work(brief, workspace, Notes())
    calls = stand_in.calls.completions
    shutil.rmtree(tmp_path / "one")
    again = FolderWorkspace.of_sample(tmp_path / "one")
    work = await engine.work(brief.model_copy(update={"conversation": first.conversation}), again, Notes())
    assert (work.summary, work.proofs) == (first.summary, first.proofs)
    assert stand_in.calls.completions == calls
    assert not (await again.patch()).empty
