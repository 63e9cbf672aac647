"""A question is answered otherwise: the model goes on from there and is asked nothing twice."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.tools import ToolDefinition

from jobs.domain.brief import Brief
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.question import Question
from jobs.engines.agent import AgentEngine
from jobs.engines.agent.conversation import UNDONE, Conversation
from jobs.errors import Stop
from tests.engines.agent.notes import Notes
from tests.engines.folder import FolderWorkspace

Calls = Sequence[tuple[str, dict[str, object]]]
PROOFS = [{"criterion": f"AC{n}", "tests": ["tests/test_totals.py::test_x"]} for n in (1, 2, 3)]
ASSUME: dict[str, object] = {
    "question": "Which mode?",
    "options": ["half up", "half even"],
    "chosen": "half even",
}
FIRST: list[Calls] = [
    [("write", {"path": "before.txt", "content": "kept"})],
    [
        ("write", {"path": "same.txt", "content": "kept too"}),
        ("assume", ASSUME),
        ("write", {"path": "even.txt", "content": "wrong"}),
    ],
    [("write", {"path": "more.txt", "content": "wrong"})],
    [("finish", {"summary": "Half even.", "proofs": PROOFS})],
]
SECOND: list[Calls] = [
    [("write", {"path": "up.txt", "content": "right"})],
    [("finish", {"summary": "Half up.", "proofs": PROOFS})],
]


class Script:
    """A model that gives these answers in turn and keeps what it was asked with."""

    name = "scripted:answers"

    def __init__(self, answers: Sequence[Calls]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[ModelMessage, ...]] = []

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        yield

    async def ask(self, messages: Sequence[ModelMessage], tools: Sequence[ToolDefinition]) -> ModelResponse:
        self.asked.append(tuple(messages))
        calls, turn = self._answers.pop(0), len(messages)
        return ModelResponse(
            [ToolCallPart(name, args, f"{turn}.{name}.{n}") for n, (name, args) in enumerate(calls)]
        )


class Trees(Notes):
    """Notes that also keep the tree at the moment each question is noted, as a worker does."""

    def __init__(self, workspace: FolderWorkspace) -> None:
        super().__init__()
        self.diffs: list[str] = []
        self._workspace = workspace

    async def __call__(self, **facts: object) -> None:
        await super().__call__(**facts)  # type: ignore[arg-type]
        if facts.get("assumptions"):
            self.diffs.append((await self._workspace.patch()).diff)


def going_back(brief: Brief, question: Question, conversation: bytes | None) -> Brief:
    said = Feedback(
        id="answer:r1:Q1", kind=FeedbackKind.ANSWER, by="Ana", text="half up", at=datetime.now(UTC)
    )
    rewind = question.model_copy(update={"chosen": "half up"})
    facts = {"feedback": (said,), "rewind": rewind, "conversation": conversation}
    return brief.model_copy(update=facts)


async def test_it_goes_on_from_the_question_with_the_tree_and_messages_of_that_moment(
    brief: Brief, tmp_path: Path
) -> None:
    first, old = Script(FIRST), FolderWorkspace.of_sample(tmp_path / "old")
    notes = Trees(old)
    work = await AgentEngine(first).work(brief, old, notes)
    (question,), (diff,) = work.assumptions, notes.diffs
    assert (question.step, len(first.asked)) == (2, 4)

    second, new = Script(SECOND), FolderWorkspace.of_sample(tmp_path / "new")
    await new.apply(diff)
    assert (await new.patch()).tree == question.tree, "before the write that came in the same answer"
    went = await AgentEngine(second).work(going_back(brief, question, work.conversation), new, Notes())

    assert len(second.asked) == 2, "four calls of the model before, and only these two now"
    assert second.asked[0][:4] == first.asked[2][:4], "what was said until then is not said again"
    (last,) = second.asked[0][4:]
    told = {one.tool_name: one for one in last.parts if isinstance(one, ToolReturnPart)}
    assert "answered it since" in str(told["assume"].content) and told["write"].content == UNDONE
    prompt = last.parts[-1]
    assert isinstance(prompt, UserPromptPart)
    assert "half up" in str(prompt.content) and "your question Q1" in str(prompt.content)
    assert sorted(one.path for one in (await new.patch()).files) == ["before.txt", "same.txt", "up.txt"]
    assert [one.chosen for one in went.assumptions] == ["half up"]


async def test_a_crash_after_going_back_asks_nothing_twice(brief: Brief, tmp_path: Path) -> None:
    old = FolderWorkspace.of_sample(tmp_path / "old")
    notes = Trees(old)
    work = await AgentEngine(Script(FIRST)).work(brief, old, notes)
    back = going_back(brief, work.assumptions[0], work.conversation)
    kept, lost = Notes(), Script(SECOND[:1])
    new = FolderWorkspace.of_sample(tmp_path / "new")
    await new.apply(notes.diffs[0])
    with pytest.raises(IndexError):
        await AgentEngine(lost).work(back, new, kept)

    other, rest = FolderWorkspace.of_sample(tmp_path / "other"), Script(SECOND[1:])
    await other.apply(notes.diffs[0])
    resumed = back.model_copy(update={"conversation": kept.conversation})
    await AgentEngine(rest).work(resumed, other, Notes())
    assert len(rest.asked) == 1
    assert (await other.patch()).tree == (await new.patch()).tree


async def test_two_questions_of_one_answer_are_two(brief: Brief, tmp_path: Path) -> None:
    twice: list[Calls] = [
        [("assume", ASSUME), ("assume", {**ASSUME, "question": "Which currency?"})],
        *FIRST[2:],
    ]
    notes = Notes()
    await AgentEngine(Script(twice)).work(brief, FolderWorkspace.of_sample(tmp_path), notes)
    assert [(one.id, one.text, one.step) for one in notes.assumptions] == [
        ("Q1", "Which mode?", 1),
        ("Q2", "Which currency?", 1),
    ]


def test_a_conversation_without_the_question_is_a_stop() -> None:
    talk, question = Conversation([]), Question(id="Q1", text="?", options=(), chosen="", step=3, call="c")
    with pytest.raises(Stop, match="does not hold the question Q1"):
        talk._asking(question)
