"""What models are told with: texts by name, where each came from, and what a run pinned of them."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from jobs.domain.base_model import Frozen

STANDARDS: Final = "standards"
"""Name of the coding standards: plain words, those of a repository after the operator's."""


class PromptSource(StrEnum):
    """Where a text came from; a later one goes before an earlier one."""

    SHIPPED = "shipped"
    """With this product."""
    OPERATOR = "operator"
    """`[prompts] folder` of codegen.toml."""
    TRIAL = "trial"
    """`[prompts.trial] folder` of codegen.toml."""
    REPOSITORY = "repository"
    """`.codegen.yml` of the default branch."""


class PromptText(Frozen):
    """One text of the library."""

    name: str
    """Such as system or proof/bugfix."""
    source: PromptSource = PromptSource.SHIPPED
    """Where it came from."""
    text: str
    """The template; of a repository plain words, in which nothing is replaced."""
    extends: bool = False
    """True: it is told after what it would otherwise replace."""

    @property
    def digest(self) -> str:
        """A short hash of what it says."""
        return digest_of((self,))


class PromptUse(Frozen):
    """That a text which is not shipped was used."""

    name: str
    """The text's name."""
    source: PromptSource
    """Where it came from."""
    digest: str
    """A short hash of what it says."""


class PromptPin(Frozen):
    """What a run's prompts were made of."""

    library: str = ""
    """Version of what this installation tells, without what the repository adds."""
    trial: bool = False
    """True when the task was in the trial."""
    uses: tuple[PromptUse, ...] = ()
    """Every text that is not shipped."""

    @property
    def sources(self) -> tuple[str, ...]:
        """What stands in the place of what is shipped, such as repository: standards."""
        by: dict[PromptSource, list[str]] = {}
        for one in self.uses:
            by.setdefault(one.source, []).append(one.name)
        return tuple(f"{source}: {', '.join(names)}" for source, names in by.items())


class PromptSet(Frozen):
    """All texts of one run."""

    texts: tuple[PromptText, ...]
    """Everything that can be told, lowest source first; of one name the last counts."""
    trial: bool = False
    """True when it is what is being tried."""

    @property
    def digest(self) -> str:
        """Version of the whole: a short hash of what counts."""
        return digest_of(_counting(self.texts))

    @property
    def library(self) -> str:
        """Version without what the repository adds."""
        own = [one for one in self.texts if one.source is not PromptSource.REPOSITORY]
        return digest_of(_counting(own))

    @property
    def pin(self) -> PromptPin:
        """What the run's record keeps."""
        other = [one for one in _counting(self.texts) if one.source is not PromptSource.SHIPPED]
        uses = tuple(PromptUse(name=one.name, source=one.source, digest=one.digest) for one in other)
        return PromptPin(library=self.library, trial=self.trial, uses=uses)

    def parts(self, name: str) -> tuple[PromptText, ...]:
        """What is told under a name, in this order; empty for an unknown name."""
        return tuple(one for one in _counting(self.texts) if one.name == name)

    def with_texts(self, texts: Iterable[PromptText], *, trial: bool = False) -> "PromptSet":
        """This set with further texts on top."""
        return PromptSet(texts=(*self.texts, *texts), trial=trial or self.trial)


class Library(Frozen):
    """What this installation tells models, and what it tries."""

    ordinary: PromptSet | None = None
    """For all tasks outside the trial; None is what is shipped."""
    trial: PromptSet | None = None
    """What is being tried."""
    share: float = 0.0
    """Part of the tasks that it is tried on, from 0 to 1."""

    def for_task(self, task: str) -> PromptSet | None:
        """The task's texts, None for the shipped ones; its id and what is tried say if it is in the trial."""
        if self.trial is None:
            return self.ordinary
        drawn = hashlib.sha256(f"{self.trial.digest}/{task}".encode()).digest()
        return self.trial if int.from_bytes(drawn[:4]) < self.share * 2**32 else self.ordinary


NOTHING_OF_ITS_OWN: Final = Library()
"""An installation that tells models what is shipped."""


class TrialTable(Frozen):
    """The `[prompts.trial]` table."""

    folder: Path
    """Texts that go before those of `[prompts] folder`."""
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Part of the tasks that it is tried on."""


class PromptsTable(Frozen):
    """The `[prompts]` table: what models are told in other words than the shipped ones."""

    folder: Path | None = None
    """Texts that go before the shipped ones of the same name, and standards.md."""
    trial: TrialTable | None = None
    """Other words that are tried on part of the tasks."""


def digest_of(texts: Iterable[PromptText]) -> str:
    """A short content hash, 12 hexadecimal digits."""
    told = hashlib.sha256()
    for one in texts:
        told.update(f"{one.name}\0{int(one.extends)}\0{one.text}\0".encode(errors="surrogatepass"))
    return told.hexdigest()[:12]


def _counting(texts: Iterable[PromptText]) -> tuple[PromptText, ...]:
    """Without what a later text of the same name replaces; by name."""
    found: dict[str, list[PromptText]] = {}
    for one in texts:
        kept = found.setdefault(one.name, [])
        if not one.extends:
            kept.clear()
        kept.append(one)
    return tuple(one for name in sorted(found) for one in found[name])
