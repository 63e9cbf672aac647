"""Language models through pydantic-ai: which one, how it is asked, and what its failures mean to a person."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestTimeout,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from jobs.errors import Exhausted, Refused, Stop
from jobs.metrics import METRICS

ATTEMPTS = 6
"""How often one question is put before the work stops."""
LONGEST_WAIT = 60.0
"""Seconds that are waited between two attempts at the most, whatever the provider asks for."""
FIRST_WAIT = 0.5
"""Seconds before the second attempt; doubled each time."""
REQUEST_SECONDS = 300.0
"""How long one answer may take."""
SETTINGS = ModelSettings(max_retries=0, request_timeout=REQUEST_SECONDS)
"""Retrying is done here, so that it is bounded and counted in one place."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""


class ProviderModel:
    """One model of one provider."""

    def __init__(self, model: Model, *, name: str, pause: Pause = asyncio.sleep) -> None:
        self._model = model
        self._name = name
        self._pause = pause

    @property
    def name(self) -> str:
        """`provider:name`."""
        return self._name

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """Keeps connections open while questions are put, and closes them after the last."""
        async with self._model:
            yield

    async def ask(self, messages: Sequence[ModelMessage], tools: Sequence[ToolDefinition]) -> ModelResponse:
        """The model's next answer; raises Stop, with a remedy, once trying again does not help."""
        parameters = ModelRequestParameters(function_tools=list(tools), allow_text_output=True)
        for attempt in itertools.count(1):
            try:
                return await model_request(
                    self._model, messages, model_settings=SETTINGS, model_request_parameters=parameters
                )
            except (ModelAPIError, UnexpectedModelBehavior) as error:
                METRICS.count("codegen_api_errors_total", service="model", kind=type(error).__name__)
                if attempt >= ATTEMPTS or not _passing(error):
                    raise stop(self._name, error) from error
                await self._pause(wait(error, attempt))
        raise AssertionError("counting has no end")

    async def check(self) -> None:
        """One tiny call; raises Stop when the model cannot be used."""
        async with self.session():
            await self.ask([ModelRequest.user_text_prompt("Answer with the word ok.")], [])


def model(name: str | None, environment: Mapping[str, str], *, pause: Pause = asyncio.sleep) -> ProviderModel:
    """The model that `provider:name` means; raises Refused, by variable, when it cannot be built."""
    provider, _, rest = (name or "").partition(":")
    if not name or not rest:
        problem = f"is {name!r}, not provider:name" if name else "is not set"
        raise Refused({"CODEGEN_MODEL": f"{problem}; such as openai:gpt-5 or anthropic:claude-sonnet-4-5"})
    if provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise Refused({"CODEGEN_MODEL": f"names the unknown provider {provider!r}; known are {known}"})
    return ProviderModel(PROVIDERS[provider](rest, environment), name=name, pause=pause)


async def check_model(
    name: str | None, environment: Mapping[str, str], *, pause: Pause = asyncio.sleep
) -> None:
    """Make one tiny call; raises Refused for a wrong setting and Stop for a model that is not usable."""
    await model(name, environment, pause=pause).check()


def wait(error: Exception, attempt: int) -> float:
    """Seconds until the next attempt: what the provider asks for, else doubling with some chance in it."""
    asked = error.retry_after if isinstance(error, ModelAPIError) else None
    delay = asked if asked is not None else FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)
    return max(0.0, min(delay, LONGEST_WAIT))


def stop(name: str, error: Exception) -> Stop:
    """What a failure means to a person; the provider's own text may hold a key and is left out."""
    match error:
        case ModelAuthenticationError():
            return Stop(
                f"The key for the model {name} was refused.", remedy=f"Set {_key(name)} to a valid key."
            )
        case ModelNotFoundError():
            return Stop(f"The provider does not know the model {name}.", remedy="Correct CODEGEN_MODEL.")
        case ModelQuotaExceededError():
            return Stop(
                f"The account for the model {name} has no credit left.", remedy="Top it up, then retry."
            )
        case ModelContextWindowExceededError():
            return Exhausted(
                f"The work no longer fits into what the model {name} can read.",
                remedy="Split the spec into smaller ones, or choose a model with a larger window.",
            )
        case ModelRateLimitError():
            return Stop(
                f"The model {name} is rate limited, after {ATTEMPTS} attempts.", remedy="Retry later."
            )
        case ModelConnectionError() | ModelRequestTimeout():
            return Stop(
                f"The model {name} could not be reached, after {ATTEMPTS} attempts.",
                remedy="Check the network and the provider's base URL, then retry.",
            )
        case ModelHTTPError():
            how = f"answers with HTTP status {error.status_code}"
            return Stop(f"The model {name} {how}.", remedy="See the provider's status page, then retry.")
        case _:
            return Stop(
                f"The model {name} answers with something that is not an answer, {ATTEMPTS} times in a row.",
                remedy="Retry, or choose another engine.",
            )


def _passing(error: Exception) -> bool:
    if isinstance(error, ModelQuotaExceededError):
        return False
    if isinstance(error, ModelHTTPError):
        return error.status_code in (408, 409, 425, 429) or error.status_code >= 500
    return True


def _key(name: str) -> str:
    return "ANTHROPIC_API_KEY" if name.startswith("anthropic:") else "OPENAI_API_KEY"


def _openai(name: str, environment: Mapping[str, str]) -> Model:
    # imported here and below: each provider's library takes longer to load than all the rest of a worker
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    url, key = environment.get("OPENAI_BASE_URL"), _required(environment, "OPENAI_API_KEY")
    return OpenAIChatModel(name, provider=OpenAIProvider(base_url=url or OPENAI_URL, api_key=key))


def _compatible(name: str, environment: Mapping[str, str]) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    url = _required(environment, "OPENAI_BASE_URL")
    key = environment.get("OPENAI_API_KEY") or "none"
    provider = OpenAICompatibleProvider("openai-compatible", base_url=url, api_key=key)
    return OpenAIChatModel(name, provider=provider)


def _anthropic(name: str, environment: Mapping[str, str]) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    url, key = environment.get("ANTHROPIC_BASE_URL"), _required(environment, "ANTHROPIC_API_KEY")
    return AnthropicModel(name, provider=AnthropicProvider(base_url=url or ANTHROPIC_URL, api_key=key))


def _required(environment: Mapping[str, str], variable: str) -> str:
    if value := environment.get(variable):
        return value
    raise Refused({variable: "is not set; the model in CODEGEN_MODEL needs it"})


OPENAI_URL = "https://api.openai.com/v1"
"""Where OpenAI answers, unless OPENAI_BASE_URL says otherwise."""
ANTHROPIC_URL = "https://api.anthropic.com"
"""Where Anthropic answers, unless ANTHROPIC_BASE_URL says otherwise."""
PROVIDERS: Mapping[str, Callable[[str, Mapping[str, str]], Model]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "openai-compatible": _compatible,
}
"""Provider → how its models are built."""
