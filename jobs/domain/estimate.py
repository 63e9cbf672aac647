"""What runs used in the past, and what the next one will probably use."""

from datetime import datetime
from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Kind


class Outcome(Frozen):
    """What one run used, kept when it ends."""

    kind: Kind
    """Sort of change."""
    repository: str
    """Full path of the project."""
    state: str
    """How it ended."""
    usd: float
    """Money, in US dollars."""
    tokens: int
    """In and out together."""
    minutes: float
    """Wall clock."""
    rounds: int
    """Generate-and-verify turns."""
    at: datetime
    """When it ended."""


class Basis(StrEnum):
    """What an estimate rests on."""

    KIND_AND_REPOSITORY = "kind and repository"
    KIND = "kind"
    ALL = "all tasks"
    NO_HISTORY = "no history"


class Range(Frozen):
    """Half of past runs stayed below `median`, four of five below `p80`."""

    median: float
    """The middle."""
    p80: float
    """The 80th percentile."""


class Estimate(Frozen):
    """What a run will probably use."""

    usd: Range
    """Money, in US dollars."""
    tokens: Range
    """In and out together."""
    minutes: Range
    """Wall clock."""
    rounds: Range
    """Generate-and-verify turns."""
    basis: Basis
    """What it rests on."""
    runs: int
    """How many past runs that is."""
