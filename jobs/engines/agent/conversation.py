"""The messages of a task so far; everything an engine must remember over a crash is in them."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    SystemPromptPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from jobs.domain.question import Question
from jobs.errors import Stop


class Conversation:
    """Messages in order; each round's opening carries its stamp and the id of the tree it began with."""

    def __init__(self, messages: list[ModelMessage]) -> None:
        self.messages = messages

    @classmethod
    def load(cls, stored: bytes | None) -> "Conversation":
        """A stored conversation, or an empty one; raises Stop when it is not readable."""
        if stored is None:
            return cls([])
        try:
            return cls(ModelMessagesTypeAdapter.validate_json(stored))
        except ValidationError as error:
            raise Stop(
                "The stored conversation with the model cannot be read.", remedy="Start the task again."
            ) from error

    def dump(self) -> bytes:
        """The conversation as JSON, for a resume."""
        return ModelMessagesTypeAdapter.dump_json(self.messages)

    @property
    def last(self) -> ModelMessage:
        """The newest message."""
        return self.messages[-1]

    @property
    def turns(self) -> int:
        """How often the model has answered."""
        return sum(isinstance(message, ModelResponse) for message in self.messages)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every assumption noted so far."""
        notes = (part.metadata or {} for part in self._returns())
        return tuple(Question.model_validate(note["question"]) for note in notes if "question" in note)

    @property
    def stamp(self) -> str | None:
        """What tells the current round from others, or None before the first."""
        return next((note["stamp"] for _, note in reversed(list(self._openings()))), None)

    @property
    def tree(self) -> str | None:
        """Id of the tree that the current round began with."""
        return next((note["tree"] for _, note in reversed(list(self._openings()))), None)

    def open_round(self, *, system: str, prompt: str, stamp: str, tree: str) -> None:
        """Begin a round; a finish that ended the one before is answered, as every call must be."""
        parts: list[ModelRequestPart] = [] if self.messages else [SystemPromptPart(system)]
        parts += [
            ToolReturnPart(call.tool_name, "The round has ended.", tool_call_id=call.tool_call_id)
            for call in self.unanswered()
        ]
        self._request([*parts, UserPromptPart(prompt)], {"stamp": stamp, "tree": tree})

    def answer(self, parts: list[ToolReturnPart], *, remark: str = "") -> None:
        """Answer the model's calls, or its words with a remark."""
        self._request([*parts, *([UserPromptPart(remark)] if remark else [])], None)

    def remark(self, text: str) -> None:
        """Say something to the model with what it has not been sent yet."""
        if isinstance(self.messages[-1], ModelRequest):
            self.messages[-1].parts = [*self.messages[-1].parts, UserPromptPart(text)]

    def unanswered(self) -> list[ToolCallPart]:
        """Calls of the newest message that have no result yet."""
        last = self.messages[-1] if self.messages else None
        return last.tool_calls if isinstance(last, ModelResponse) else []

    def changes_since(self, tree: str) -> list[ToolCallPart]:
        """The calls that changed the tree since the newest round that began with it, in order."""
        starts = [index for index, note in self._openings() if note["tree"] == tree]
        if not starts:
            return []
        since = self.messages[starts[-1] :]
        changed = {part.tool_call_id for part in _parts(since) if (part.metadata or {}).get("changed")}
        calls = (call for one in since if isinstance(one, ModelResponse) for call in one.tool_calls)
        return [call for call in calls if call.tool_call_id in changed]

    def _request(self, parts: list[ModelRequestPart], note: dict[str, Any] | None) -> None:
        self.messages.append(ModelRequest(parts, metadata=note))

    def _openings(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, message in enumerate(self.messages):
            if isinstance(message, ModelRequest) and message.metadata and "stamp" in message.metadata:
                yield index, message.metadata

    def _returns(self) -> Iterator[ToolReturnPart]:
        return _parts(self.messages)


def _parts(messages: list[ModelMessage]) -> Iterator[ToolReturnPart]:
    for message in messages:
        if isinstance(message, ModelRequest):
            yield from (part for part in message.parts if isinstance(part, ToolReturnPart))
