"""Spec templates: what a form begins with, by kind of change, from several sources, with a version."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Docs, Kind, Line, TemplateName

MOST: Final = 30
"""Most templates of one repository, or of the operator."""

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=75)]
"""Text that fits into one choice of a form."""


class Starter(Frozen):
    """A beginning: the person fills in what stands between ‹ and ›."""

    title: Short
    """What it is called in the form."""
    description: Annotated[str, StringConstraints(max_length=75)] = ""
    """When it is the right one."""
    place: Annotated[int, Field(ge=0, le=1000)] = 100
    """Where it stands among those of its kind; the lowest is proposed."""
    goal: Annotated[Line, StringConstraints(max_length=300)]
    """What the goal should say."""
    criteria: Annotated[
        tuple[Annotated[Line, StringConstraints(max_length=300)], ...], Field(min_length=1, max_length=9)
    ]
    """Criteria with blanks, in the form's notation."""
    non_goals: Annotated[
        tuple[Annotated[Line, StringConstraints(max_length=300)], ...], Field(max_length=9)
    ] = ()
    """What is deliberately left alone, with blanks."""
    docs: Docs = Docs.NONE
    """Whether documentation belongs to the change."""

    @property
    def version(self) -> str:
        """A short hash of the words that reach a spec: the same words are the same version."""
        words = self.model_dump_json(include={"goal", "criteria", "non_goals", "docs"})
        return hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()[:7]


class StarterSource(StrEnum):
    """Where a template came from; a later one goes before an earlier one of the same name."""

    SHIPPED = "shipped"
    """With this product."""
    OPERATOR = "operator"
    """`[specs] folder` of codegen.toml."""
    REPOSITORY = "repository"
    """`specs` in `.codegen.yml` of the default branch."""


class NamedStarter(Frozen):
    """A template under its name."""

    name: TemplateName
    """Kind and name, such as bugfix/crash."""
    source: StarterSource = StarterSource.SHIPPED
    """Where it came from."""
    starter: Starter
    """What it says."""

    @property
    def kind(self) -> Kind:
        """The sort of change it is for."""
        return Kind(self.name.partition("/")[0])

    @property
    def pin(self) -> str:
        """What is kept with a task that began so, such as bugfix/crash@1a2b3c4."""
        return f"{self.name}@{self.starter.version}"


class Starters(Frozen):
    """All templates that a spec may begin with."""

    listed: tuple[NamedStarter, ...] = ()
    """By place and name; each name once."""
    repositories: dict[str, tuple[NamedStarter, ...]] = {}  # noqa: RUF012  # pydantic copies defaults
    """Full path of a project → its own, see `within`."""

    def of(self, kind: Kind) -> tuple[NamedStarter, ...]:
        """Those of one kind, the proposed one first."""
        return tuple(one for one in self.listed if one.kind is kind)

    def get(self, name: str | None) -> NamedStarter | None:
        """The template of a name."""
        return next((one for one in self.listed if one.name == name), None)

    def pin(self, name: str | None) -> str:
        """What is kept with a task; empty without a template, and for one that is not there."""
        found = self.get(name)
        return found.pin if found else ""

    def over(self, more: Iterable[NamedStarter]) -> "Starters":
        """These with further ones, which go before those of the same name."""
        by = {one.name: one for one in (*self.listed, *more)}
        listed = sorted(by.values(), key=lambda one: (one.starter.place, one.name))
        return self.model_copy(update={"listed": tuple(listed)})

    def within(self, repository: object) -> "Starters":
        """Those of a project: its own before all others."""
        own = self.repositories.get(repository, ()) if isinstance(repository, str) else ()
        return self.over(own) if own else self


class SpecsTable(Frozen):
    """The `[specs]` table: what specs begin with besides the shipped templates."""

    folder: Path | None = None
    """Templates as KIND/NAME.yml; one of a shipped name goes before that."""
    shipped: bool = True
    """False: the shipped ones are not offered."""
