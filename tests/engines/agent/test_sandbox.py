"""The playground's specs inside the real sandbox, up to the verdict: every criterion is proven."""

from pathlib import Path

import pytest

from jobs.adapters.model import ProviderModel
from jobs.domain.verdict import VerdictStatus
from jobs.engines.agent import AgentEngine
from jobs.stages.subject import Subject
from jobs.stages.verify import verify
from tests.engines.agent.conftest import brief_of
from tests.engines.agent.notes import Notes
from tests.engines.folder import SAMPLE
from tests.verification import build_environment, workshop

pytestmark = pytest.mark.cases


@pytest.fixture(scope="module")
def built() -> str:
    return build_environment()


def sample_files() -> dict[str, str | None]:
    files = (path for path in SAMPLE.rglob("*") if path.is_file() and "cache" not in str(path))
    return {str(path.relative_to(SAMPLE)): path.read_text("utf-8") for path in files}


@pytest.mark.parametrize(
    "spec", ["sample_spec.yml", "specs/due_day.yml", "specs/csv_export.yml"], ids=["rounding", "due", "csv"]
)
async def test_every_criterion_is_proven(spec: str, built: str, scripted: ProviderModel) -> None:
    brief = brief_of(SAMPLE.parent / spec)
    with workshop(built) as shop:
        base = await shop.commit(sample_files())
        workspaces = shop.workspaces
        async with workspaces.open(shop.repository, base, environment=built) as workspace:
            work = await AgentEngine(scripted).work(brief, workspace, Notes())
            patch = await workspace.patch()
        subject = Subject(
            spec=brief.spec,
            repository=shop.repository,
            target_base=base,
            start=base,
            patch=patch,
            total=patch,
            named=work.proofs,
            environment=built,
            suite=(),
        )
        verdict = await verify(subject, workspaces=workspaces, cache=shop.cache, note=shop.steps)
    assert "could not be run" not in work.summary
    assert verdict.status is VerdictStatus.PASSED, verdict.model_dump_json(indent=1)
    assert verdict.proven == len(brief.spec.criteria)


def test_the_sample_is_there_whole() -> None:
    assert {"README.md", "LICENSE", "src/invoices/money.py", "tests/test_cli.py"} <= set(sample_files())
    assert Path(SAMPLE / "docs/rounding.md").is_file()
