from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from jobs.adapters.model import ProviderModel, model
from jobs.domain.brief import Brief
from jobs.domain.budget import Cap
from jobs.domain.spec import Spec
from playground.model import KEY, ModelStandIn
from playground.serve import serving
from tests.engines.folder import SAMPLE

WAITS: list[float] = []


async def no_pause(seconds: float) -> None:
    WAITS.append(seconds)


def brief_of(path: Path, **changes: object) -> Brief:
    spec = Spec.model_validate(yaml.safe_load(path.read_text()))
    return Brief.model_validate({"task": "cg-00000001", "spec": spec, "round": 1, "cap": Cap(), **changes})


@pytest.fixture
def brief() -> Brief:
    return brief_of(SAMPLE.parent / "sample_spec.yml")


@pytest.fixture
async def stand_in() -> ModelStandIn:
    return ModelStandIn()


@pytest.fixture
async def scripted(stand_in: ModelStandIn) -> AsyncIterator[ProviderModel]:
    WAITS.clear()
    async with serving(stand_in.app) as url:
        environment = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": KEY}
        yield model("openai-compatible:scripted", environment, pause=no_pause)
