"""The scripted model on the sample repository: a moved file, failing and lying tools, rounds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.adapters.model import ProviderModel
from jobs.domain.brief import Brief
from jobs.domain.verdict import (
    Check,
    CheckStatus,
    Evidence,
    EvidenceStatus,
    ExecutedProof,
    ProofKind,
    Verdict,
)
from jobs.engines.agent import AgentEngine
from jobs.errors import Stop
from jobs.ports import Command, Result
from playground.model import ModelStandIn
from tests.engines.agent.notes import Notes
from tests.engines.folder import SAMPLE, FolderWorkspace

RUN_TESTS = Command(argv=("/bin/sh", "-c", "python -m pytest -q"))


async def test_assumptions_are_noted_with_the_tree_before_them(
    brief: Brief, scripted: ProviderModel, tmp_path: Path
) -> None:
    workspace, notes = FolderWorkspace.of_sample(tmp_path), Notes()
    tree = (await workspace.patch()).tree
    work = await AgentEngine(scripted).work(brief, workspace, notes)
    assert [(one.id, one.tree) for one in work.assumptions] == [("Q1", tree)]
    assert notes.assumptions == work.assumptions
    assert work.spend.requests == len(notes.steps) > 5
    assert work.conversation == notes.conversation


async def test_a_moved_file_is_found(brief: Brief, scripted: ProviderModel, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    source = tmp_path / "src/invoices"
    (source / "money.py").rename(source / "amounts.py")
    for path in [*source.glob("*.py"), *(tmp_path / "tests").glob("*.py")]:
        text = path.read_text().replace("from .money", "from .amounts")
        path.write_text(text.replace("invoices.money", "invoices.amounts"))
    workspace = FolderWorkspace.of_folder(tmp_path)
    await AgentEngine(scripted).work(brief, workspace, Notes())
    assert "ROUND_HALF_UP" in (source / "amounts.py").read_text()
    assert (await workspace.run(RUN_TESTS)).exit_code == 0


async def test_a_tool_that_lies_is_found_out(brief: Brief, scripted: ProviderModel, tmp_path: Path) -> None:
    workspace = FolderWorkspace.of_sample(tmp_path, tamper=_undoing_edits(tmp_path))
    with pytest.raises(Stop, match=r"says that it cannot do this: I edited .* shows no change"):
        await AgentEngine(scripted).work(brief, workspace, Notes())


def _undoing_edits(folder: Path) -> Callable[[Command, Result], Result]:
    def tamper(command: Command, result: Result) -> Result:
        if b'"tool": "edit"' in command.stdin and b"money.py" in command.stdin:
            shutil.copy(SAMPLE / "src/invoices/money.py", folder / "src/invoices/money.py")
        return result

    return tamper


async def test_a_failed_edit_is_tried_again(brief: Brief, scripted: ProviderModel, tmp_path: Path) -> None:
    failures = iter([True, False])

    def tamper(command: Command, result: Result) -> Result:
        if b'"tool": "edit"' in command.stdin and next(failures, False):
            shutil.copy(SAMPLE / "src/invoices/money.py", tmp_path / "src/invoices/money.py")
            return Result(exit_code=1, output="`old` does not occur in it. Read the file again.")
        return result

    workspace = FolderWorkspace.of_sample(tmp_path, tamper=tamper)
    await AgentEngine(scripted).work(brief, workspace, Notes())
    assert (await workspace.run(RUN_TESTS)).exit_code == 0


@pytest.mark.cases
async def test_a_second_round_mends_what_verification_found(
    brief: Brief, scripted: ProviderModel, stand_in: ModelStandIn, tmp_path: Path
) -> None:
    stand_in.faults.forget = True
    engine, workspace = AgentEngine(scripted), FolderWorkspace.of_sample(tmp_path)
    first = await engine.work(brief, workspace, Notes())
    assert [proof.criterion for proof in first.proofs] == ["AC1", "AC2"]
    again = brief.model_copy(
        update={"round": 2, "verdict": _verdict(), "conversation": first.conversation, "spent": first.spend}
    )
    second = await engine.work(again, workspace, Notes())
    assert [proof.criterion for proof in second.proofs] == ["AC1", "AC2", "AC3"]
    assert (await workspace.run(RUN_TESTS)).exit_code == 0
    assert b"no test was named" in (second.conversation or b"")


def _verdict() -> Verdict:
    return Verdict(
        checks=(Check(name="suite", status=CheckStatus.PASSED, summary="All pass."),),
        evidence=(
            Evidence(
                criterion="AC3",
                status=EvidenceStatus.NOT_PROVEN,
                proof=ExecutedProof(kind=ProofKind.NONE),
                reason="no test was named",
            ),
        ),
    )
