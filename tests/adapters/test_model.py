"""Which model is meant, and what is said when it cannot be used."""

from collections.abc import AsyncIterator

import pytest

from jobs.adapters.model import LONGEST_WAIT, check_model, model
from jobs.errors import Refused, Stop
from playground.model import KEY, ModelStandIn
from playground.serve import serving

SECRET = "sk-live-0123456789abcdef"


async def no_pause(seconds: float) -> None:
    assert seconds <= LONGEST_WAIT


@pytest.fixture
async def stand_in() -> ModelStandIn:
    return ModelStandIn()


@pytest.fixture
async def url(stand_in: ModelStandIn) -> AsyncIterator[str]:
    async with serving(stand_in.app) as base:
        yield f"{base}/v1"


@pytest.mark.parametrize(
    ("name", "environment", "field", "text"),
    [
        (None, {}, "CODEGEN_MODEL", "is not set"),
        ("gpt-5", {}, "CODEGEN_MODEL", "not provider:name"),
        ("openai:", {}, "CODEGEN_MODEL", "not provider:name"),
        ("acme:one", {}, "CODEGEN_MODEL", "unknown provider 'acme'"),
        ("openai:gpt-5", {}, "OPENAI_API_KEY", "is not set"),
        ("anthropic:claude-sonnet-4-5", {"OPENAI_API_KEY": SECRET}, "ANTHROPIC_API_KEY", "is not set"),
        ("openai-compatible:qwen", {"OPENAI_API_KEY": SECRET}, "OPENAI_BASE_URL", "is not set"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    name: str | None, environment: dict[str, str], field: str, text: str
) -> None:
    with pytest.raises(Refused) as caught:
        model(name, environment)
    assert text in caught.value.problems[field]
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "variable"),
    [("openai:gpt-5", "OPENAI_API_KEY"), ("anthropic:claude-sonnet-4-5", "ANTHROPIC_API_KEY")],
)
def test_a_model_is_built_from_its_providers_variables(name: str, variable: str) -> None:
    assert model(name, {variable: SECRET}).name == name


@pytest.mark.parametrize("provider", ["openai", "openai-compatible"])
async def test_a_working_model_is_checked_with_one_call(
    provider: str, url: str, stand_in: ModelStandIn
) -> None:
    await check_model(f"{provider}:scripted", {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY})
    assert stand_in.calls.requests == 1


@pytest.mark.parametrize(
    ("name", "key", "sentence", "remedy"),
    [
        ("openai:scripted", SECRET, "The key for the model openai:scripted was refused.", "OPENAI_API_KEY"),
        ("openai:other", KEY, "does not know the model openai:other", "CODEGEN_MODEL"),
    ],
)
async def test_what_cannot_work_is_not_tried_twice(
    name: str, key: str, sentence: str, remedy: str, url: str, stand_in: ModelStandIn
) -> None:
    with pytest.raises(Stop) as caught:
        await check_model(name, {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": key}, pause=no_pause)
    assert sentence in caught.value.reason
    assert remedy in caught.value.remedy
    assert SECRET not in str(caught.value)
    assert stand_in.calls.requests == 1


async def test_an_unreachable_provider_is_named() -> None:
    environment = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": SECRET}
    with pytest.raises(Stop, match="could not be reached, after 6 attempts"):
        await check_model("openai:scripted", environment, pause=no_pause)


async def test_a_long_wait_is_capped(url: str, stand_in: ModelStandIn) -> None:
    stand_in.faults.rate_limit, stand_in.faults.retry_after = 1, 86400.0
    environment = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY}
    await check_model("openai:scripted", environment, pause=no_pause)
    assert stand_in.calls.requests == 2
