"""`.codegen.yml`: what a repository says about itself; only the default branch's counts."""

from enum import StrEnum
from string import Formatter
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Kind, Line, Paths, TemplateName
from jobs.domain.starter import MOST, Starter

FILE_NAME: Final = ".codegen.yml"
"""Where it stands in the repository."""

LONGEST_WORDING: Final = 16_000
"""Most characters of one text that a repository tells an engine."""
OPEN_PROMPTS: Final = frozenset({"system/work", *(f"proof/{kind.value}" for kind in Kind)})
"""Prompts that a repository may extend or replace: none of them holds a rule or judges a change."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
"""Small letters, digits and dashes."""
Port = Annotated[int, Field(ge=1, le=65_535)]
"""A TCP port."""


class Gate(StrEnum):
    """What a check's failure means."""

    BLOCK = "block"
    """The change is rejected."""
    WARN = "warn"
    """The reviewer is told."""
    OFF = "off"
    """The check does not count at all."""


GUARDED: Final = frozenset({"policy", "integrity", "secrets"})
"""Checks that only the operator's codegen.toml may loosen."""


class Suite(Frozen):
    """How the whole test suite is run."""

    command: Line
    """A command for the shell, from the repository's root."""
    junit: Line | None = None
    """Glob of the JUnit reports that it leaves, from the root; left out, known runners are read directly."""

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.junit is not None and (self.junit.startswith("/") or ".." in self.junit.split("/")):
            raise ValueError("junit must be a path inside the repository")
        return self


class DeclaredCheck(Frozen):
    """A command of the repository's own that is run on both sides; only a new failure counts."""

    run: Line
    """A command for the shell, from the repository's root; exit status 0 is success."""
    gate: Gate = Gate.BLOCK
    """What a new failure means."""
    timeout: Annotated[float, Field(ge=1, le=3600)] = 600.0
    """Seconds after which it is ended."""


class Service(Frozen):
    """A program that tests talk to over the sandbox's own loopback."""

    run: Line
    """A command for the shell that stays in the foreground."""
    port: Port | None = None
    """TCP port on 127.0.0.1 that takes connections once it is ready."""
    ready: Line | None = None
    """A command that exits 0 once it is ready."""
    timeout: Annotated[float, Field(ge=1, le=300)] = 30.0
    """Seconds until it must be ready."""
    env: dict[str, str] = Field(default_factory=dict)
    """Variables that the tests see, such as DATABASE_URL."""

    @model_validator(mode="after")
    def _has_sign(self) -> Self:
        if self.port is None and self.ready is None:
            raise ValueError("give port, ready or both: how it is known to be ready")
        return self


class CommitStyle(StrEnum):
    """How the subject of a commit is written."""

    PLAIN = "plain"
    """The title of the spec."""
    CONVENTIONAL = "conventional"
    """`fix: …`, see https://www.conventionalcommits.org/."""


PLACES: Final = frozenset({"title", "kind", "type", "task", "issue"})
"""What a title template may name in braces."""


class MergeRequestTable(Frozen):
    """How merge requests are written here."""

    title: Annotated[Line, StringConstraints(max_length=120)] = "{title}"
    """Template of the title: {title}, {kind}, {type} (feat, fix …), {task}, {issue} (#12, or nothing)."""
    labels: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    """Labels besides our own."""
    squash: bool | None = None
    """Whether commits become one; left out, the project's setting."""
    remove_source_branch: bool = True
    """Whether the branch goes when it is merged."""
    closing: Annotated[Line, StringConstraints(pattern=r"^[A-Za-z][A-Za-z ]{0,30}$")] | None = "Closes"
    """The word before the issue that the goal of the spec closes; null only links it."""
    commit: CommitStyle = CommitStyle.PLAIN
    """How the subject of a commit is written."""

    @model_validator(mode="after")
    def _known_places(self) -> Self:
        try:
            named = {name for _, name, _, _ in Formatter().parse(self.title) if name is not None}
        except ValueError:
            raise ValueError("title has a brace without its other half; write {{ for a brace") from None
        unknown = sorted(named - PLACES)
        if unknown or "title" not in named:
            known = ", ".join(f"{{{one}}}" for one in sorted(PLACES))
            raise ValueError(f"title must name {{title}} and may only name {known}")
        return self


class ReviewRules(Frozen):
    """What holds while a merge request is open."""

    fixes: Annotated[int, Field(ge=0, le=10)] | None = None
    """Runs in a row that may mend a failing pipeline; left out, or beyond the operator's number, that one."""


class Wording(Frozen):
    """Words of a repository's own, or the file that holds them: plain text, nothing in it is replaced."""

    text: Annotated[Line, StringConstraints(max_length=LONGEST_WORDING)] | None = None
    """The words."""
    file: Line | None = None
    """Path of a file of the default branch with the words."""
    replace: bool = False
    """True: told in place of what is shipped; otherwise after it."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"text": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.file is None):
            raise ValueError("give either text or file")
        if self.file is not None and (self.file.startswith("/") or ".." in self.file.split("/")):
            raise ValueError("file must be a path inside the repository")
        return self


class RepositoryFile(Frozen):
    """The whole of `.codegen.yml`."""

    version: Literal[1] = 1
    """Format of this document."""
    setup: tuple[Line, ...] = ()
    """Commands that put the dependencies into the environment, instead of those that are detected."""
    suite: Suite | None = None
    """How tests are run; left out, it is detected."""
    checks: Annotated[dict[Name, DeclaredCheck], Field(max_length=20)] = Field(default_factory=dict)
    """Commands of the repository's own, by name."""
    gates: dict[Name, Gate] = Field(default_factory=dict)
    """What the built-in checks' failures mean, by the check's name."""
    services: Annotated[dict[Name, Service], Field(max_length=8)] = Field(default_factory=dict)
    """What runs beside the tests, by name; started in this order."""
    consume: Line | None = None
    """A command that puts the changed dependency at $CODEGEN_DEPENDENCY in place before this one's suite."""
    paths: Paths = Paths()
    """Where no change may reach, whatever a spec says, and where alone it may."""
    merge_request: MergeRequestTable = MergeRequestTable()
    """How merge requests and commits are written here."""
    review: ReviewRules = ReviewRules()
    """What holds while a merge request is open."""
    standards: Wording | None = None
    """Coding standards that an engine is told, at the end of what it is told of its work."""
    prompts: Annotated[dict[str, Wording], Field(max_length=len(OPEN_PROMPTS))] = Field(default_factory=dict)
    """Words of this repository's own, by the name of the prompt that they extend or replace."""
    specs: Annotated[dict[TemplateName, Starter], Field(max_length=MOST)] = Field(default_factory=dict)
    """Templates of this repository's own, by name: what a spec for it may begin with."""

    @model_validator(mode="before")
    @classmethod
    def _sentences(cls, data: Any) -> Any:
        """Conventions, one sentence each, as this field was before: they are standards."""
        if not isinstance(data, dict) or not isinstance(data.get("prompts"), list):
            return data
        if "standards" in data or not all(isinstance(one, str) and one.strip() for one in data["prompts"]):
            raise ValueError("prompts: must be a mapping; write sentences into standards")
        rest = {name: value for name, value in data.items() if name != "prompts"}
        sentences = "\n".join(f"- {one}" for one in data["prompts"])
        return {**rest, "standards": sentences} if sentences else rest

    @model_validator(mode="after")
    def _open_prompts(self) -> Self:
        closed = sorted(set(self.prompts) - OPEN_PROMPTS)
        if closed:
            known = ", ".join(sorted(OPEN_PROMPTS))
            raise ValueError(f"prompts: {', '.join(closed)} is not open to repositories; open are {known}")
        return self

    @model_validator(mode="after")
    def _gates_tighten(self) -> Self:
        loose = sorted(name for name in GUARDED if self.gates.get(name, Gate.BLOCK) is not Gate.BLOCK)
        if loose:
            raise ValueError(f"gates: only the operator's codegen.toml may loosen {', '.join(loose)}")
        return self
