"""The loop: ask the model, carry out its calls in the sandbox, until it finishes or a bound is reached."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from pydantic import ValidationError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart
from pydantic_ai.tools import ToolDefinition

from jobs.domain.brief import Brief, Work
from jobs.domain.question import Question
from jobs.domain.run import Answer
from jobs.engines.agent.calls import CALLS, Call, Finish, definitions
from jobs.engines.agent.conversation import Conversation, Opening
from jobs.engines.agent.hands import Hands
from jobs.engines.agent.judge import objection
from jobs.engines.agent.limits import REMEDY, Meter, Patience
from jobs.engines.agent.words import step, system
from jobs.engines.words import digest, opening, stamp
from jobs.errors import Exhausted, Stop
from jobs.ports import Note, Workspace
from jobs.render import prompt


class Model(Protocol):
    """A model that can be asked; its own retries are behind it."""

    @property
    def name(self) -> str:
        """`provider:name`."""

    def session(self) -> AbstractAsyncContextManager[None]:
        """Keeps connections open while questions are put."""

    async def ask(self, messages: Sequence[ModelMessage], tools: Sequence[ToolDefinition]) -> ModelResponse:
        """The next answer; raises Stop when the model cannot be used."""


class AgentEngine:
    """The built-in engine."""

    def __init__(self, model: Model, *, now: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._now = now

    @property
    def name(self) -> str:
        """Engine and model."""
        return f"agent:{self._model.name}"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        """One round; resumes from the brief's conversation when that is of this very round."""
        async with self._model.session():
            return await self._round(brief, workspace, note)

    async def _round(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        meter = Meter(brief, self._now)
        hands = Hands(workspace, seconds_left=meter.seconds_left)
        talk = Conversation.load(brief.conversation)
        await _enter(brief, talk, hands)
        session = _Session(brief=brief, talk=talk, hands=hands, model=self._model.name, note=note)
        while True:
            if isinstance(talk.last, ModelRequest):
                talk.trim()
                await self._turn(talk, meter, session)
                await note(step=session.step(), spend=meter.spend, conversation=talk.dump())
            finish = await session.act()
            if finish is not None:
                return _work(finish, talk, meter, brief)

    async def _turn(self, talk: Conversation, meter: Meter, session: "_Session") -> None:
        while True:
            meter.check()
            try:
                async with asyncio.timeout(max(1.0, meter.seconds_left())):
                    response = await self._model.ask(talk.messages, definitions())
            except TimeoutError as error:
                raise Exhausted("The task has used its time.", remedy=REMEDY) from error
            meter.add(response)
            if any(part.has_content() for part in response.parts):
                talk.messages.append(response)
                return
            session.empty(response)


class _Session:
    def __init__(self, *, brief: Brief, talk: Conversation, hands: Hands, model: str, note: Note) -> None:
        self._brief, self._talk, self._hands, self._note = brief, talk, hands, note
        self._asked: tuple[Question, ...] = ()
        """Questions of the answer that is being carried out: the conversation does not have them yet."""
        self._patience = Patience(model)
        self._model = model
        self._objections = 0

    def step(self) -> str:
        parsed = [_parse(call) for call in self._talk.unanswered()]
        return next((step(call) for call in parsed if not isinstance(call, str)), "thinking")

    def empty(self, response: ModelResponse) -> None:
        refused = response.finish_reason == "content_filter"
        self._patience.unusable("refused to answer" if refused else "gave an empty answer")

    async def act(self) -> Finish | None:
        """Carry out the calls of the newest answer; the Finish that ends the round, if it is one."""
        calls = self._talk.unanswered()
        if not calls:
            self._patience.unusable("answered without calling a tool")
            self._talk.answer([], remark=prompt(self._brief.prompts, "no_call"))
            return None
        parsed = [_parse(call) for call in calls]
        finish = parsed[0] if len(parsed) == 1 and isinstance(parsed[0], Finish) else None
        if finish is not None:
            return await self._finish(calls[0], finish)
        parts = [await self._answer(call, one) for call, one in zip(calls, parsed, strict=True)]
        self._talk.answer(parts)
        self._asked = ()
        if any(isinstance(one, str) for one in parsed):
            self._patience.unusable("made calls that cannot be read")
        else:
            self._patience.used()
        return None

    async def _answer(self, part: ToolCallPart, call: Call | str) -> ToolReturnPart:
        if isinstance(call, str):
            return _retried(part, call)
        if isinstance(call, Finish):
            return _retried(part, "Call finish alone, once you have seen the results of the other calls.")
        known = (*self._talk.questions, *self._asked)
        turn, mark = self._talk.turns, part.tool_call_id
        answer = await self._hands.do(call, asked=len(known), turn=turn, mark=mark)
        if answer.question is not None:
            self._asked = (*self._asked, answer.question)
            # before the calls that follow: what is kept with a question is the tree as it is now
            await self._note(assumptions=(*known, answer.question))
        if answer.changed:
            self._patience.changed()
        text = answer.text + self._patience.repeated(part, answer.text)
        return ToolReturnPart(
            part.tool_name,
            text,
            tool_call_id=part.tool_call_id,
            metadata=answer.metadata,
            outcome="success" if answer.ok else "failed",
        )

    async def _finish(self, part: ToolCallPart, finish: Finish) -> Finish | None:
        if finish.unable:
            raise Stop(
                f"The model {self._model} says that it cannot do this: {finish.unable[:500]}",
                remedy="Make the spec more precise, or choose another engine.",
            )
        against = objection(finish, self._brief, tree=await self._hands.tree(), opened=self._talk.tree)
        if against and self._objections < 2:
            self._objections += 1
            self._talk.answer([_retried(part, against)])
            return None
        return finish


async def _enter(brief: Brief, talk: Conversation, hands: Hands) -> None:
    if talk.stamp != stamp(brief):
        told = talk.spec == digest(brief.spec)
        note = Opening(stamp=stamp(brief), spec=digest(brief.spec), tree=await hands.tree())
        if brief.rewind is not None:
            talk.go_back(brief.rewind, prompt=opening(brief, told=True), note=note)
        else:
            talk.open_round(system=system(brief), prompt=opening(brief, told=told), note=note)
    elif not await hands.redo(talk.changes_since(await hands.tree())):
        talk.remark(prompt(brief.prompts, "restored"))


def _parse(part: ToolCallPart) -> Call | str:
    kind = CALLS.get(part.tool_name)
    if kind is None:
        return f"There is no tool {part.tool_name}; there are {', '.join(CALLS)}."
    try:
        return kind.model_validate(part.args_as_dict(raise_if_invalid=True))
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return "The arguments do not fit: " + "; ".join(problems)
    except (ValueError, AssertionError):
        return "The arguments are not a whole JSON object: they were cut off. Send the whole call again."


def _retried(part: ToolCallPart, text: str) -> ToolReturnPart:
    return ToolReturnPart(part.tool_name, text, tool_call_id=part.tool_call_id, outcome="retried")


def _work(finish: Finish, talk: Conversation, meter: Meter, brief: Brief) -> Work:
    return Work(
        summary=finish.summary,
        proofs=finish.proofs,
        answers=tuple(
            Answer(to=brief.feedback[one.to - 1].id, text=one.text)
            for one in finish.answers
            if 0 < one.to <= len(brief.feedback)
        ),
        assumptions=talk.questions,
        spend=meter.spend,
        conversation=talk.dump(),
    )
