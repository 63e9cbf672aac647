"""A program in the real sandbox, and its model behind the gateway."""

import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import SecretStr

from jobs.adapters.gateway import ModelGateway
from jobs.adapters.sandbox.limits import Identity
from jobs.domain.brief import Brief
from jobs.domain.budget import Cap
from jobs.domain.coding_agent import CodingAgent
from jobs.engines.command import CommandEngine
from playground.model import KEY, ModelStandIn
from playground.serve import serving
from tests.adapters.checkouts import ground, remote, template, workspace, workspaces
from tests.engines.command.program import installed
from tests.factories import a_spec

__all__ = ["ground", "remote", "template", "workspace", "workspaces"]

OTHER = 64_099
"""Neither root nor whoever runs the tests."""


class Made(Protocol):
    """Makes the engine whose program behaves in a certain way, in a folder that may be closed to others."""

    def __call__(self, way: str, *, closed: bool = False) -> CommandEngine: ...


@pytest.fixture
def marker() -> str:
    return uuid.uuid4().hex


@pytest.fixture
async def stand_in() -> ModelStandIn:
    return ModelStandIn()


@pytest.fixture
async def api(stand_in: ModelStandIn) -> AsyncIterator[str]:
    async with serving(stand_in.app) as url:
        yield f"{url}/v1"


@pytest.fixture
def engine(ground: Path, api: str, marker: str) -> Made:
    """The engine whose program behaves in a certain way."""
    folder = installed(Path(tempfile.mkdtemp(dir=ground, prefix="agent-")), marker=marker)

    def made(way: str, *, closed: bool = False) -> CommandEngine:
        folder.chmod(0o700 if closed else 0o755)
        who = Identity(OTHER, OTHER) if closed else None
        agent = CodingAgent(
            argv=("{program}", way),
            env={"OPENAI_API_KEY": "outside"},
            folder=folder,
            program="bin/agent",
            model="scripted",
            api=api,
        )
        return CommandEngine(
            "agent-x",
            agent,
            ModelGateway(ground / "home", "agent-x", agent, key=SecretStr(KEY), identity=who),
        )

    return made


def brief(**changes: object) -> Brief:
    given = {"task": "cg-00000001", "spec": a_spec(), "round": 1, "cap": Cap(), **changes}
    return Brief.model_validate(given)
