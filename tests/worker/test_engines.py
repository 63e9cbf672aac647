"""What a worker offers: models and coding agents, the ordinary one first, and only what works."""

from pathlib import Path

from jobs.settings import operator_file
from jobs.tools import workshop
from playground.model import KEY, ModelStandIn
from playground.serve import serving
from tests.adapters.checkouts import ground
from tests.engines.command.program import installed
from tests.worker.fakes import a_settings

__all__ = ["ground"]

AGENT = """
[engines.{name}]
argv = ["{{program}}", "idle"]
folder = "{folder}"
program = "{program}"
model = "scripted"
api = "{api}/v1"
key_file = "{key}"
"""


async def test_a_coding_agent_may_be_the_ordinary_engine_and_one_that_is_gone_is_not_offered(
    ground: Path, redis_url: str
) -> None:
    key, config, folder = ground / "key", ground / "codegen.toml", installed(ground / "agent")
    async with serving(ModelStandIn().app) as api:
        tables = [
            AGENT.format(name=name, folder=folder, program=program, api=api, key=key)
            for name, program in (("gone", "bin/gone"), ("agent-x", "bin/agent"))
        ]
        key.write_text(KEY)
        config.write_text('[engine]\nordinary = "agent-x"\n' + "".join(tables))
        operator = operator_file({"CODEGEN_CONFIG": str(config)})
        settings = a_settings(redis_url).model_copy(
            update={"operator": operator, "model": None, "home": ground / "home"}
        )
        async with workshop(settings) as shop:
            assert (shop.tools.engine.name, list(shop.tools.engines)) == (
                "agent-x:scripted",
                ["agent-x", "gone"],
            )
            assert shop.tools.model is None, "nobody is asked for second opinions"
            assert shop.usable is not None
            assert await shop.usable() == ("agent-x",)
