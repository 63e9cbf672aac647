"""What an engine had to assume, what a person says to it later, and the way back to it."""

from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.people import Person


class Question(Frozen):
    """A question the run did not wait for."""

    id: str
    """Q1, Q2 … within a run."""
    text: str
    """What was unclear."""
    options: tuple[str, ...]
    """Answers that were considered."""
    chosen: str
    """The one the run went on with."""
    criteria: tuple[str, ...] = ()
    """Ids of the criteria it touches."""
    step: int = 0
    """How many model turns had been taken when it was asked."""
    tree: str | None = None
    """Id of the tree before that step."""
    call: str = ""
    """The engine's own mark of the place in its conversation."""
    run: str = ""
    """Id of the run that asked it; a later run may have it from there."""
    settled_by: str = ""
    """Name of the person whose answer the run went on with; empty while that is only assumed."""


class Answered(Frozen):
    """What a person said to a question, once."""

    run: str
    """Id of the run that asked."""
    question: str
    """The question's id."""
    text: str
    """The answer, as it was chosen or written."""
    changed: bool
    """True when the run had assumed something else."""
    by: Person
    """Who answered."""
    at: datetime
    """When, with time zone."""


class Rewind(Frozen):
    """Where a run begins that goes back to a question of the one before."""

    question: Question
    """The question, with the person's answer as what the run goes on with."""
    gone: bool = False
    """True when what was kept of that moment is not there any more, so that all of it is done again."""
