"""The scripted model on the sample repository: three specs, and what can go wrong on the way."""

from pathlib import Path

import pytest

from jobs.adapters.model import ProviderModel
from jobs.domain.brief import Brief
from jobs.engines.agent import AgentEngine
from tests.engines.agent.conftest import brief_of
from tests.engines.agent.notes import Notes
from tests.engines.folder import SAMPLE, FolderWorkspace


@pytest.mark.parametrize(
    "spec", ["sample_spec.yml", "specs/due_day.yml", "specs/csv_export.yml"], ids=["rounding", "due", "csv"]
)
async def test_every_criterion_gets_a_test(spec: str, scripted: ProviderModel, tmp_path: Path) -> None:
    brief, workspace, notes = brief_of(SAMPLE.parent / spec), FolderWorkspace.of_sample(tmp_path), Notes()
    work = await AgentEngine(scripted).work(brief, workspace, notes)
    assert [proof.criterion for proof in work.proofs] == [one.id for one in brief.spec.criteria]
    assert not (await workspace.patch()).empty
    assert work.spend.requests == len(notes.steps) > 5
    assert work.conversation == notes.conversation


async def test_assumptions_are_noted(brief: Brief, scripted: ProviderModel, tmp_path: Path) -> None:
    notes = Notes()
    work = await AgentEngine(scripted).work(brief, FolderWorkspace.of_sample(tmp_path), notes)
    assert [one.id for one in work.assumptions] == ["Q1"]
    assert notes.assumptions == work.assumptions
    assert work.assumptions[0].tree
