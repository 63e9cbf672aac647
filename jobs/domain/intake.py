"""What was found out about a spec before anything is spent on it."""

from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend
from jobs.domain.estimate import Estimate
from jobs.domain.spec import Gap


class GateTable(Frozen):
    """The `[gate]` table: how specs are looked at before anything is spent."""

    hold: bool = True
    """True: a spec with gaps waits until its requester mends it or queues it as it is."""
    opinion: bool = True
    """Whether a model reads each spec as well; a call costs about as much as a page of text."""
    suite: bool = True
    """Whether the tests are run on the target branch first; a run needs that result anyway."""


class Known(Frozen):
    """What a worker knows of one spec of a batch."""

    gaps: tuple[Gap, ...] = ()
    """What the rules could not know."""
    facts: tuple[str, ...] = ()
    """What was seen, a sentence each."""
    estimate: Estimate
    """What a run will probably use."""


class Several(Frozen):
    """What a worker knows of the specs of a batch."""

    specs: dict[str, Known]
    """By the spec's name in the batch."""


class Intake(Frozen):
    """The result of looking at one version of a spec; its gaps stand in the task."""

    version: int
    """The version of the spec that was looked at."""
    score: int
    """0 to 100; 100 when nothing is open."""
    facts: tuple[str, ...] = ()
    """What was seen, a sentence each, such as how many tests pass on the target branch."""
    estimate: Estimate
    """What a run will probably use."""
    spend: Spend = Spend()
    """What asking a model for its opinion has used."""
    at: datetime
    """When, with time zone."""
