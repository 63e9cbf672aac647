"""One question to a model and its answer as a typed value."""

from typing import TypeVar

from pydantic import ValidationError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    SystemPromptPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.tools import ToolDefinition

from jobs.adapters.model import ProviderModel
from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend, spend_of
from jobs.errors import Stop
from jobs.ports import Answered, Prompt, Unanswered

A = TypeVar("A", bound=Frozen)

TRIES = 3
"""How often a model may answer in another shape than the one asked for."""
ANSWER = "answer"
"""The one tool there is: calling it is answering."""


class AnsweringModel:
    """ports.Model over one model of a provider."""

    def __init__(self, model: ProviderModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """`provider:name`."""
        return self._model.name

    async def ask(self, prompt: Prompt, schema: type[A]) -> Answered[A]:
        """The answer; one in another shape is asked for again, with what is wrong about it."""
        tool = ToolDefinition(
            name=ANSWER, description=schema.__doc__, parameters_json_schema=schema.model_json_schema()
        )
        messages: list[ModelMessage] = [
            ModelRequest([SystemPromptPart(prompt.system), UserPromptPart(prompt.text)])
        ]
        spend = Spend()
        for _ in range(TRIES):
            try:
                async with self._model.session():
                    response = await self._model.ask(messages, [tool])
            except Stop as stop:
                raise Unanswered(stop.reason, spend=spend) from stop
            spend += spend_of(response)
            value, problem = _read(response, schema)
            if value is not None:
                return Answered(value, spend)
            messages += [*([response] if response.parts else []), _again(response, problem)]
        raise Unanswered(
            f"The model {self.name} did not answer in the shape it was asked for, {TRIES} times.", spend=spend
        )


def _read(response: ModelResponse, schema: type[A]) -> tuple[A | None, str]:
    call = next((one for one in response.tool_calls if one.tool_name == ANSWER), None)
    if call is None:
        return None, f"Call {ANSWER}, once."
    try:
        return schema.model_validate_json(call.args_as_json_str()), ""
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in told[:10])
        return None, f"This is not the shape asked for: {wrong}"


def _again(response: ModelResponse, problem: str) -> ModelRequest:
    """Every call is answered, as providers demand, and then asked for again."""
    parts: list[ModelRequestPart] = [
        ToolReturnPart(one.tool_name, problem, tool_call_id=one.tool_call_id) for one in response.tool_calls
    ]
    return ModelRequest([*parts, UserPromptPart(f"{problem} Call {ANSWER} again.")])
