"""What a person sets about *when* a task runs: priority, time, window, recurrence, order, overlap."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.cron import Cron
from jobs.domain.window import zone_of

Zone = Annotated[str, AfterValidator(lambda name: str(zone_of(name)))]
"""A time zone of the IANA database, such as Europe/Berlin."""
Every = Annotated[str, AfterValidator(lambda text: Cron.parse(text).text)]
"""Five fields of cron: minute, hour, day of month, month, day of week."""
Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$")]
"""A short name: small letters, digits, dot, dash, underscore."""


ANYTIME = "anytime"
"""The window that is always open: it overrides a channel's."""


class Priority(StrEnum):
    """Which of one person's tasks goes first; between people it counts for a bounded lead."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Until(StrEnum):
    """How far the tasks that a task depends on must have come."""

    OPENED = "opened"
    """A merge request is open, whatever it proves, or it is merged."""
    VERIFIED = "verified"
    """A merge request is open and every criterion is proven, or it is merged."""
    MERGED = "merged"


class Overlap(StrEnum):
    """What to do when another task declares some of the same paths."""

    SERIALISE = "serialise"
    """Wait until the other one is merged or has ended."""
    STACK = "stack"
    """Wait until the other one has its merge request, then start from its branch."""
    IGNORE = "ignore"
    """Start at once."""


class Plan(Frozen):
    """When a task may start."""

    priority: Priority = Priority.NORMAL
    """Which of one person's tasks goes first."""
    not_before: AwareDatetime | None = None
    """The earliest moment, with time zone."""
    window: Label | None = None
    """Name of a window in codegen.toml within which it may start, or ANYTIME; None is the channel's."""
    every: Every | None = None
    """Makes it recur: each occurrence is a task of its own, and missed ones are caught up by one."""
    zone: Zone = "UTC"
    """Where `every` is meant."""
    occurrence: Annotated[int, Field(ge=0)] = 0
    """Which occurrence of a recurring task this is, from 0."""
    depends_on: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    """Ids of the tasks that must be done first."""
    until: Until = Until.VERIFIED
    """How far these must have come."""
    overlap: Overlap | None = None
    """What to do about other tasks with some of the same declared paths; None is codegen.toml's choice."""
    toolchain: Label | None = None
    """What the worker must have; None is any worker."""
    stack: bool = False
    """True: its branch starts at the branch of the task it depends on, and its merge request is for that."""

    @model_validator(mode="after")
    def _one_parent(self) -> Self:
        if self.stack and len(self.depends_on) != 1:
            raise ValueError("stack: needs exactly one task in depends_on, whose branch it starts from")
        return self


class Waits(Frozen):
    """The particulars of a wait, for whoever reads why."""

    task: str = ""
    """Id of the task waited for."""
    title: str = ""
    """That task's title."""
    at: datetime | None = None
    """When it goes on."""
    window: str = ""
    """Name of the window waited for."""
    hours: str = ""
    """When that window is open, such as 22:00–06:00 Europe/Berlin; empty when it is not known any more."""
    note: str = ""
    """One more sentence, such as whose budget is used up."""


def cycle(start: str, edges: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The way from a task back to itself along `depends_on`, or None when there is none."""
    came: dict[str, str] = {}
    open_ends = [start]
    while open_ends:
        task = open_ends.pop()
        for parent in edges.get(task, ()):
            if parent == start:
                return _way_back(task, start, came)
            if parent not in came:
                came[parent] = task
                open_ends.append(parent)
    return None


def cycle_sentence(way: Sequence[str]) -> str:
    """The cycle in words: which task would wait for which."""
    return f"these tasks would wait for each other for ever: {' → '.join(way)}"


def _way_back(task: str, start: str, came: Mapping[str, str]) -> tuple[str, ...]:
    way = [start]
    while task != start:
        way.append(task)
        task = came[task]
    return (start, *reversed(way[1:]), start)
