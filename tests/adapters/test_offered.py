"""Models that specs may ask for: named when wrong, offered while they answer."""

import pytest

from jobs.adapters.offered import Look, answering, offered
from jobs.errors import Refused
from playground.model import KEY, ModelStandIn
from playground.serve import serving


async def test_only_what_answers_is_offered_and_the_ordinary_one_stays_first() -> None:
    async with serving(ModelStandIn().app) as base:
        known = {"OPENAI_BASE_URL": f"{base}/v1", "OPENAI_API_KEY": KEY}
        names = ("openai-compatible:scripted", "openai:gone", "openai:scripted")
        assert await answering(looks("openai:scripted", names, known)) == (names[2], names[0])
        assert await answering(looks("openai:gone", names, known)) == ("openai:gone", names[0], names[2])


def looks(first: str, names: tuple[str, ...], known: dict[str, str]) -> dict[str, Look]:
    return {name: one.check for name, one in offered(first, names, known).items()}


def test_a_further_model_that_cannot_be_built_is_named() -> None:
    with pytest.raises(Refused) as refused:
        offered("openai:gpt-5", ("anthropic:claude-sonnet-4-5",), {"OPENAI_API_KEY": KEY})
    [(setting, problem)] = refused.value.problems.items()
    assert setting == "codegen.toml: engine.models: anthropic:claude-sonnet-4-5"
    assert "ANTHROPIC_API_KEY is not set" in problem
