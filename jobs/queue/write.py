"""What one write of a task says: the change, under which terms, by whom, and what may become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from jobs.domain.task import Task
from jobs.queue.connection import Word
from jobs.queue.record import SCHEMA, Stored


class Outcome(StrEnum):
    """What became of a write."""

    OK = "ok"
    LOST = "lost"
    """The epoch is another one."""
    HELD = "held"
    """Somebody holds the lease."""
    DONE = "done"
    """The act was executed before."""
    CONFLICT = "conflict"
    """The record changed since it was read."""
    STALE = "stale"
    """What the decision was based on changed since it was read."""
    FULL = "full"
    """There is no room for one more."""


@dataclass(frozen=True)
class Lease:
    """The right to run a task, until it is lost."""

    task: str
    """Task id."""
    owner: str
    """The worker."""
    epoch: int
    """Which owner in a row this is; every write by the owner is checked against it."""


@dataclass(frozen=True)
class Terms:
    """What must hold at the moment of a write, and what is written with it."""

    same: tuple[tuple[str, int], ...] = ()
    """Numbers in Redis that must still be these."""
    below: tuple[tuple[str, int], ...] = ()
    """Sets that must have fewer members than this."""
    also: tuple[Sequence[Word], ...] = ()
    """Further commands of the same transaction."""


@dataclass(frozen=True)
class Write:
    """A change of one task, ready to be committed."""

    old: Stored | None
    """The record it starts from."""
    task: Task
    """What the record becomes."""
    schema: int = SCHEMA
    """Version the record is written in."""
    kind: str | None = None
    """Name of the event, when it is not the usual one."""
    facts: dict[str, JsonValue] = field(default_factory=dict)
    """What the event keeps besides."""
    lease: Lease | None = None
    """Under which the write is made; None is a write by somebody who does not run the task."""
    take: tuple[str, float] | None = None
    """A new owner and the seconds its lease lives."""
    act: str | None = None
    """The act that is executed by this write."""
    terms: Terms = Terms()
    """Under which the write is made."""
