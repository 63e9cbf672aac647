"""What the model can call, as closed models: their JSON schemas are what it is shown."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic_ai.tools import ToolDefinition

from jobs.domain.base_model import Frozen
from jobs.domain.run import NamedProof

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""Some text for a person."""


class Read(Frozen):
    """Read a file with line numbers (400 lines at most), or list a directory."""

    path: str
    """From the repository's root."""
    first: int = 1
    """First line."""
    last: int | None = None
    """Last line."""


class Write(Frozen):
    """Create a file, or replace all of it. For a small change in a file that exists use edit."""

    path: str
    """From the repository's root."""
    content: str
    """The whole new content."""


class Edit(Frozen):
    """Replace text that occurs exactly once in a file."""

    path: str
    """From the repository's root."""
    old: str
    """The text as it stands, spaces and line ends included, without line numbers."""
    new: str
    """What takes its place."""


class Search(Frozen):
    """Search the repository with a Python regular expression: lines as path:line:text, 80 at most."""

    pattern: str
    """The regular expression."""
    path: str = "."
    """Directory or file to search in."""
    names: bool = False
    """True: match paths of files instead of lines in them."""


class Run(Frozen):
    """Run a shell command at the repository's root, without network. Long output is cut in the middle."""

    command: Words
    """What to run, as typed in sh."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 120.0
    """Seconds it may take."""


class Assume(Frozen):
    """Note something the task does not say, with the answer you go on with; a person may correct it later."""

    question: Words
    """What is unclear."""
    options: Annotated[tuple[Words, ...], Field(min_length=2, max_length=5)]
    """Answers that would make sense."""
    chosen: Words
    """The one you go on with, as it stands in options."""
    criteria: tuple[str, ...] = ()
    """Ids of the criteria it touches."""


class Reply(Frozen):
    """An answer to one thing that was said."""

    to: int
    """Its number."""
    text: Words
    """What was done about it, or why nothing was, in a sentence or two for whoever said it."""


class Finish(Frozen):
    """End the work: say what changed and which tests prove which criterion, or why it cannot be done."""

    summary: Words
    """What changed and why, in two or three sentences for a reviewer."""
    proofs: tuple[NamedProof, ...] = ()
    """Per criterion the ids of the tests that prove it, such as tests/test_a.py::test_b."""
    answers: tuple[Reply, ...] = ()
    """For each thing that was said of the change: what you did about it, or why not."""
    unable: str = ""
    """Why it cannot be done; leave empty when it is done."""


Call = Read | Write | Edit | Search | Run | Assume | Finish
"""Any call."""

CALLS: Mapping[str, type[Call]] = {
    "read": Read,
    "write": Write,
    "edit": Edit,
    "search": Search,
    "run": Run,
    "assume": Assume,
    "finish": Finish,
}
"""Name → what it takes."""


@cache
def definitions() -> tuple[ToolDefinition, ...]:
    """The tools as the model is told of them."""
    return tuple(
        ToolDefinition(name=name, description=call.__doc__, parameters_json_schema=call.model_json_schema())
        for name, call in CALLS.items()
    )
