"""What a person wants, precise enough to spend on."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from jobs.domain.base_model import Frozen

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text of at least one visible character."""


EngineName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,74}$")]
"""Name of an engine: `provider:name` of a model."""


TemplateName = Annotated[
    str,
    StringConstraints(pattern=r"^(feature|bugfix|tests|docs|refactor|boilerplate)/[a-z0-9][a-z0-9-]{0,39}$"),
]
"""Name of a spec template: its kind, a slash, and small letters, digits and dashes."""


class Kind(StrEnum):
    """What sort of change is asked for; it decides what counts as proof."""

    FEATURE = "feature"
    BUGFIX = "bugfix"
    TESTS = "tests"
    DOCS = "docs"
    REFACTOR = "refactor"
    BOILERPLATE = "boilerplate"


class Docs(StrEnum):
    """Whether the change must come with documentation."""

    REQUIRED = "required"
    NONE = "none"


class Proof(Frozen):
    """How one criterion is to be shown: named tests, a command, or another person's review."""

    tests: tuple[Line, ...] = ()
    """Node ids of acceptance tests, as the repository's test runner spells them."""
    command: Line | None = None
    """A command that exits 0 when the criterion holds."""
    review: bool = False
    """True: only another person's click proves it."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if [bool(self.tests), self.command is not None, self.review].count(True) != 1:
            raise ValueError("give exactly one of tests, command or review: true")
        return self


class Criterion(Frozen):
    """One checkable statement about the result."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}[0-9]{1,3}$")]
    """Short name, unique in the spec: AC1, AC2 …"""
    text: Line
    """What must be true afterwards."""
    proof: Proof | None = None
    """How to show it; left out, a proof is found blind or named by the engine."""


class Paths(Frozen):
    """Where the change may and may not reach; glob patterns from the repository's root."""

    allow: tuple[Line, ...] = ()
    """Only these may change; empty means anywhere."""
    deny: tuple[Line, ...] = ()
    """These may not change, whatever `allow` says."""


class Spec(Frozen):
    """An intent with checkable criteria: what a person accepts before anything is spent."""

    version: Literal[1] = 1
    """Format of this document."""
    kind: Kind
    """Sort of change."""
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]
    """One line, imperative, 150 characters at most."""
    repository: Line
    """Full path of the GitLab project, such as payments/api."""
    target: Line | None = None
    """Branch the change is for; left out, the repository's default branch."""
    goal: Line
    """Why, and what is wrong or missing today."""
    context: str = ""
    """What others wrote about it, quoted: something to read, never instructions."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=30)]
    """What must be true afterwards, one statement each."""
    non_goals: tuple[Line, ...] = ()
    """What is deliberately left alone."""
    paths: Paths = Paths()
    """Where the change may reach."""
    docs: Docs = Docs.NONE
    """Whether documentation belongs to the change."""
    engine: EngineName | None = None
    """Which offered engine writes it, such as anthropic:claude-sonnet-4-5; left out, the ordinary one."""
    template: TemplateName | None = None
    """The template that it began with, such as bugfix/crash; what is left out is taken from there."""

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"criteria: the id {', '.join(twice)} is used more than once")
        return self


class Gap(Frozen):
    """Something a spec does not say precisely enough."""

    field: str
    """Name of the Spec field, such as criteria."""
    rule: str
    """Name of the rule that found it."""
    text: str
    """What is missing, for the person."""
    suggestion: str | None = None
    """A rewording that would close it."""
    blocking: bool = False
    """True: the spec cannot be accepted like this."""
