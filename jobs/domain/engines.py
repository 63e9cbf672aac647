"""Which engines there are: `[engine]` and `[engines.NAME]` of codegen.toml."""

from typing import Annotated

from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.coding_agent import RESERVED, AgentName, CodingAgent
from jobs.domain.spec import EngineName


class EngineSettings(Frozen):
    """The `[engine]` table."""

    model: str | None = None
    """`provider:name`; CODEGEN_MODEL wins over it."""
    models: Annotated[tuple[EngineName, ...], Field(max_length=20)] = ()
    """Further models that a spec may ask for, each `provider:name`."""
    ordinary: AgentName | None = None
    """Name of the `[engines.NAME]` table that writes unless a spec asks for another; left out, the model."""

    def offered(self, agents: dict[str, CodingAgent]) -> tuple[str, ...]:
        """Everything that a spec may ask for, the ordinary one first."""
        first = (self.ordinary, self.model) if self.ordinary in agents else (self.model,)
        return tuple(dict.fromkeys(one for one in (*first, *self.models, *agents) if one))


def agent_problems(table: EngineSettings, agents: dict[str, CodingAgent]) -> list[str]:
    """What is wrong with the tables of coding agents together."""
    problems = [f"engines.{name}: this name is taken" for name in sorted(RESERVED & set(agents))]
    if table.ordinary is not None and table.ordinary not in agents:
        problems.append(f"engine.ordinary: there is no table [engines.{table.ordinary}]")
    return problems
