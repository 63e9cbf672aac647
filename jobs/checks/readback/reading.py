"""What a model says of a change that it sees without the spec."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from jobs.domain.base_model import Frozen
from jobs.domain.fenced import Fenced
from jobs.domain.patch import Patch
from jobs.domain.prompts import PromptSet
from jobs.ports import Model, Prompt
from jobs.render import prompt

ROOM: Final = 120_000
"""Characters of a change that are shown."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
"""One sentence of the model."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A name or path as the change spells it."""


class Sort(StrEnum):
    """What a statement is about."""

    BEHAVIOUR = "behaviour"
    INTERNAL = "internal"
    TEST = "test"
    DOCS = "docs"


class Claim(Frozen):
    """One statement about the change."""

    text: Words
    """What it does, or what it could break."""
    path: Name
    """The file."""
    line: Annotated[int, Field(ge=1)] | None = None
    """The line after the change."""
    kind: Sort = Sort.BEHAVIOUR
    """What it is about."""
    names: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    """Functions, classes, options and settings it is about."""


class Reading(Frozen):
    """What the change does and what it could break."""

    does: Annotated[tuple[Claim, ...], Field(max_length=60)]
    """What is different afterwards."""
    could_break: Annotated[tuple[Claim, ...], Field(max_length=30)] = ()
    """What may fail because of it."""


async def read(
    model: Model, patch: Patch, prompts: PromptSet | None = None
) -> tuple[Reading, tuple[str, ...]]:
    """The model's reading and the files it was not shown; raises Unanswered."""
    parts, left_out = _parts(patch)
    text = prompt(
        prompts,
        "readback/change",
        files=[f"{one.path} ({one.status})" for one in patch.files],
        parts=parts,
        left_out=left_out,
    )
    asked = Prompt(system=prompt(prompts, "readback/system"), text=_sendable(text))
    return (await model.ask(asked, Reading)).value, left_out


def _parts(patch: Patch) -> tuple[list[Fenced], tuple[str, ...]]:
    shown: list[Fenced] = []
    left_out: list[str] = []
    room = ROOM
    for number, text in enumerate(_per_file(patch.diff)):
        if len(text) > room:
            left_out.append(patch.files[number].path if number < len(patch.files) else f"file {number + 1}")
            continue
        room -= len(text)
        shown.append(Fenced(label=f"change {number + 1}", text=text))
    return shown, tuple(left_out)


def _per_file(diff: str) -> list[str]:
    """The diff cut before each file; a line of content always has a mark before it."""
    parts: list[list[str]] = []
    for line in diff.split("\n"):
        if line.startswith("diff --git ") or not parts:
            parts.append([])
        parts[-1].append(line)
    return [text for one in parts if (text := "\n".join(one)).strip()]


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
