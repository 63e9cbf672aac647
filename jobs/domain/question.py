"""What an engine had to assume, so that a person can correct it later."""

from jobs.domain.base_model import Frozen


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
