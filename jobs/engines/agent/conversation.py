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

from jobs.domain.base_model import Frozen
from jobs.domain.question import Question
from jobs.errors import Stop

ROOM = 600_000
"""Characters of results that a conversation may hold."""
KEPT = 300_000
"""Characters of results that are left once it held more, newest first."""
DROPPED = "[This result was dropped to make room; call again if you need it.]"
LOST = "[This was done, but its result was lost; call again if you need it.]"
UNDONE = "[This was not done: a question before it was answered. Call again if it is still right.]"
ANSWERED = "Noted as {id}. A person has answered it since, see below: go on with that, not with your choice."


class Opening(Frozen):
    """What a conversation remembers of a round's beginning."""

    stamp: str
    """Tells this round from every other."""
    spec: str
    """Digest of the spec that was told."""
    tree: str
    """Id of the tree it began with."""


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
        return self._opened.stamp if self._opened else None

    @property
    def spec(self) -> str | None:
        """Digest of the spec that the model was told last."""
        return self._opened.spec if self._opened else None

    @property
    def tree(self) -> str | None:
        """Id of the tree that the current round began with."""
        return self._opened.tree if self._opened else None

    def open_round(self, *, system: str, prompt: str, note: Opening) -> None:
        """Begin a round; a finish that ended the one before is answered, as every call must be."""
        parts: list[ModelRequestPart] = [] if self.messages else [SystemPromptPart(system)]
        parts += [
            ToolReturnPart(call.tool_name, "The round has ended.", tool_call_id=call.tool_call_id)
            for call in self.unanswered()
        ]
        self._request([*parts, UserPromptPart(prompt)], note.model_dump())

    def go_back(self, question: Question, *, prompt: str, note: Opening) -> None:
        """Forget what followed a question, and begin a round there that goes on with its answer.

        Raises Stop when the conversation does not hold the question.
        """
        at, calls = self._asking(question)
        known = {part.tool_call_id: part for part in _parts(self.messages[at + 1 : at + 2])}
        place = [call.tool_call_id for call in calls].index(question.call)
        before = [known.get(call.tool_call_id) or _told(call, LOST) for call in calls[:place]]
        words = ANSWERED.format(id=question.id)
        answered = _told(calls[place], words, metadata={"question": question.model_dump()})
        after = [_told(call, UNDONE) for call in calls[place + 1 :]]
        del self.messages[at + 1 :]
        self._request([*before, answered, *after, UserPromptPart(prompt)], note.model_dump())

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
        starts = [index for index, note in self._openings() if note.tree == tree]
        if not starts:
            return []
        since = self.messages[starts[-1] :]
        changed = {part.tool_call_id for part in _parts(since) if (part.metadata or {}).get("changed")}
        calls = (call for one in since if isinstance(one, ModelResponse) for call in one.tool_calls)
        return [call for call in calls if call.tool_call_id in changed]

    def _asking(self, question: Question) -> tuple[int, list[ToolCallPart]]:
        """Where the model asked it, and all that it called for there."""
        answers = [(at, one) for at, one in enumerate(self.messages) if isinstance(one, ModelResponse)]
        for at, one in answers[max(question.step - 1, 0) : question.step]:
            if question.call in [call.tool_call_id for call in one.tool_calls]:
                return at, one.tool_calls
        raise Stop(
            f"The stored conversation does not hold the question {question.id}.", remedy="Retry the task."
        )

    def _request(self, parts: list[ModelRequestPart], note: dict[str, Any] | None) -> None:
        self.messages.append(ModelRequest(parts, metadata=note))

    def trim(self) -> None:
        """Drop the oldest results, many at once, when there are too many to be read again and again."""
        sizes = [len(str(part.content)) for part in self._returns()]
        if sum(sizes) <= ROOM:
            return
        excess = sum(sizes) - KEPT
        for message in self.messages:
            if isinstance(message, ModelRequest) and excess > 0:
                before = sum(len(str(part.content)) for part in _parts([message]))
                message.parts = [_dropped(part) for part in message.parts]
                excess -= before

    @property
    def _opened(self) -> Opening | None:
        return next((note for _, note in reversed(list(self._openings()))), None)

    def _openings(self) -> Iterator[tuple[int, Opening]]:
        for index, message in enumerate(self.messages):
            if isinstance(message, ModelRequest) and message.metadata:
                yield index, Opening.model_validate(message.metadata)

    def _returns(self) -> Iterator[ToolReturnPart]:
        return _parts(self.messages)


def _parts(messages: list[ModelMessage]) -> Iterator[ToolReturnPart]:
    for message in messages:
        if isinstance(message, ModelRequest):
            yield from (part for part in message.parts if isinstance(part, ToolReturnPart))


def _told(call: ToolCallPart, text: str, *, metadata: dict[str, Any] | None = None) -> ToolReturnPart:
    return ToolReturnPart(call.tool_name, text, tool_call_id=call.tool_call_id, metadata=metadata)


def _dropped(part: ModelRequestPart) -> ModelRequestPart:
    if not isinstance(part, ToolReturnPart):
        return part
    return ToolReturnPart(
        part.tool_name,
        DROPPED,
        tool_call_id=part.tool_call_id,
        metadata=part.metadata,
        timestamp=part.timestamp,
        outcome=part.outcome,
    )
