"""A second model: one question, one typed answer; it never sees a tool or a tree."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend

A = TypeVar("A", bound=Frozen)


class Prompt(Frozen):
    """One question."""

    system: str
    """Who is asked, and what counts as an instruction."""
    text: str
    """The question, with the texts of others marked as data."""


@dataclass(frozen=True)
class Answered(Generic[A]):
    """What came back."""

    value: A
    """The answer; it is an opinion, and untrusted text."""
    spend: Spend
    """What it cost."""


class Unanswered(Exception):
    """No usable answer: `reason` is a sentence for the person, `spend` what was used all the same."""

    def __init__(self, reason: str, *, spend: Spend | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.spend = spend or Spend()


class Model(Protocol):
    """A model that is asked for an opinion."""

    @property
    def name(self) -> str:
        """`provider:name`."""

    async def ask(self, prompt: Prompt, schema: type[A]) -> Answered[A]:
        """The answer in the shape of `schema`; raises Unanswered when there is none."""
