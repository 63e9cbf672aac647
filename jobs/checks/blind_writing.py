"""Asking for independent tests: of a model that sees the spec and the target base, never the change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from jobs.checks.side import Side
from jobs.checks.toolchains.python import inside
from jobs.domain.base_model import Frozen
from jobs.domain.fenced import Fenced
from jobs.domain.prompts import PromptSet
from jobs.domain.spec import Criterion, Spec
from jobs.ports import Command, Model, Prompt
from jobs.render import prompt

_SURVEY: Final = "survey_tree.py"
_SHORTEST: Final = 4


class BlindTest(Frozen):
    """Which function shows which criterion."""

    criterion: Annotated[str, Field(max_length=10)]
    """Id of the criterion."""
    test: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$", max_length=200)]
    """Name of the test function; Class.method for unittest."""


class BlindFile(Frozen):
    """The acceptance tests."""

    source: Annotated[str, Field(max_length=40_000)]
    """The whole test file."""
    tests: Annotated[tuple[BlindTest, ...], Field(max_length=60)]
    """One entry for each criterion that it has a test for."""


@dataclass(frozen=True)
class Writer:
    """Who writes them, and what they are asked with."""

    model: Model
    """Who is asked."""
    prompts: PromptSet | None = None
    """In which words; None is what is shipped."""


class Surveyed(Frozen):
    """The target base as a model is shown it."""

    files: tuple[str, ...] = ()
    """Paths, 400 at most."""
    shown: Mapping[str, str] = {}
    """Path → text of what speaks most of the spec's words."""


async def survey(base: Side, spec: Spec) -> Surveyed:
    """Look at the target base in its sandbox."""
    whole = " ".join((spec.title, spec.goal, *(one.text for one in spec.criteria)))
    words = {word.strip(".,:;()`'\"").lower() for word in whole.split()}
    telling = sorted(word for word in words if len(word) >= _SHORTEST)
    command = Command(
        argv=(base.toolchain.interpreter, "-I", f"{{in}}/{_SURVEY}", "{in}/words.json"),
        files={_SURVEY: inside(_SURVEY), "words.json": json.dumps(telling).encode()},
        timeout=60,
    )
    result = await base.execute(command, overlay={})
    try:
        return Surveyed.model_validate_json(result.output)
    except ValueError:
        return Surveyed()


async def write(
    writer: Writer,
    spec: Spec,
    *,
    wanted: tuple[Criterion, ...],
    seen: Surveyed,
    place: tuple[str, str],
    problem: str,
) -> BlindFile:
    """Ask for the tests of some criteria; `place` is the file and its runner. Raises Unanswered."""
    path, runner = place
    text = prompt(
        writer.prompts,
        "blind/task",
        spec=spec,
        wanted=wanted,
        path=path,
        runner=runner,
        files=[f"- {one}" for one in seen.files],
        shown=[Fenced(label=f"file {one}", text=text) for one, text in seen.shown.items()],
        problem=Fenced(label="what the test runner says", text=problem) if problem else None,
    )
    system = prompt(writer.prompts, "blind/system")
    asked = Prompt(system=system, text=text.encode("utf-8", "replace").decode())
    return (await writer.model.ask(asked, BlindFile)).value
