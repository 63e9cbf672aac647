"""Doing what the model calls for: always a command in the sandbox, never a file access here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic_ai.messages import ToolCallPart

from jobs.domain.base_model import Frozen
from jobs.domain.question import Question
from jobs.engines.agent.calls import CALLS, Assume, Call, Edit, Run, Write
from jobs.ports import Command, Workspace

SHOWN = 24_000
"""Characters of one result that the model is shown, half from the head, half from the tail."""
HAND = (Path(__file__).parent / "hand.py").read_bytes()
"""The script that does the file tools in the sandbox."""


class Answer(Frozen):
    """What a call led to."""

    text: str
    """For the model."""
    ok: bool = True
    """False: it could not be done; the text says why."""
    changed: bool = False
    """True when the tree is no longer what it was."""
    question: Question | None = None
    """The assumption it noted."""

    @property
    def metadata(self) -> dict[str, Any] | None:
        """What the conversation remembers of it beside the text."""
        note: dict[str, Any] = {"changed": True} if self.changed else {}
        return note | ({"question": self.question.model_dump()} if self.question else {}) or None


class Hands:
    """The tools of one round in one workspace."""

    def __init__(self, workspace: Workspace, *, seconds_left: Callable[[], float]) -> None:
        self._workspace = workspace
        self._seconds_left = seconds_left
        self._tree: str | None = None

    async def tree(self) -> str:
        """Id of the tree as it is."""
        if self._tree is None:
            self._tree = (await self._workspace.patch()).tree
        return self._tree

    async def do(self, call: Call, *, asked: int = 0, turn: int = 0, mark: str = "") -> Answer:
        """Carry out one call; doing it twice is as doing it once. The rest is for a question's record."""
        if isinstance(call, Run):
            return await self._run(call)
        if isinstance(call, Assume):
            return await self._assume(call, asked=asked, turn=turn, mark=mark)
        return await self._file(call)

    async def redo(self, calls: list[ToolCallPart]) -> bool:
        """Carry out calls of an interrupted run again on the tree it began with; False when one failed."""
        answers = [await self.do(CALLS[call.tool_name].model_validate(call.args_as_dict())) for call in calls]
        return all(answer.ok for answer in answers)

    async def _file(self, call: Call) -> Answer:
        name = next(name for name, kind in CALLS.items() if isinstance(call, kind))
        result = await self._workspace.run(
            Command(
                argv=("/usr/bin/python3", "-I", "-S", "-B", "{in}/hand.py"),
                stdin=json.dumps({"tool": name, **call.model_dump()}).encode(),
                files={"hand.py": HAND},
                timeout=60.0,
                output_limit=4 * SHOWN,
            )
        )
        ok = result.exit_code == 0
        changed = ok and isinstance(call, Write | Edit)
        self._tree = None if changed else self._tree
        text = result.output if result.exit_code in (0, 1) else f"The tool did not work.\n{result.output}"
        return Answer(text=bounded(text.strip("\n")), ok=ok, changed=changed)

    async def _run(self, call: Run) -> Answer:
        before = await self.tree()
        timeout = max(1.0, min(call.timeout, self._seconds_left()))
        result = await self._workspace.run(
            Command(argv=("/bin/sh", "-c", call.command), timeout=timeout, output_limit=SHOWN)
        )
        self._tree = None
        how = f"killed after {timeout:g} s" if result.timed_out else f"exit status {result.exit_code}"
        cut = "\n[the middle of the output was dropped]" if result.truncated else ""
        return Answer(text=bounded(f"{how}\n{result.output}{cut}"), changed=await self.tree() != before)

    async def _assume(self, call: Assume, *, asked: int, turn: int, mark: str) -> Answer:
        question = Question(
            id=f"Q{asked + 1}",
            text=call.question,
            options=tuple(dict.fromkeys((*call.options, call.chosen))),
            chosen=call.chosen,
            criteria=call.criteria,
            step=turn,
            tree=await self.tree(),
            call=mark,
        )
        return Answer(text=f"Noted as {question.id}. Go on with: {call.chosen}", question=question)


def bounded(text: str, limit: int = SHOWN) -> str:
    """Text of at most about `limit` characters: its head and its tail."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters dropped here]\n{text[-half:]}"
