"""Where the backlog asks for money, right before a task starts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from jobs.domain.task import Task, Waiting
from jobs.queue.write import Terms


@dataclass(frozen=True)
class Reserved:
    """There is money: the reservation is made by the write that starts the task, or not at all."""

    terms: Terms = field(default_factory=Terms)
    """What must still hold then, and the commands that reserve."""


@dataclass(frozen=True)
class Short:
    """There is not enough for this task now."""

    note: str
    """Whose budget is used up, for the person."""
    again: datetime | None = None
    """When to ask again; news of the name `budget` (`looking.stir`) are heard besides."""
    waiting: Waiting = Waiting.BUDGET
    """The reason; CAP leaves the task in line."""


class Purse(Protocol):
    """Budgets, as the backlog sees them."""

    async def reserve(self, task: Task) -> Reserved | Short:
        """Whether the task's cap can be set aside now; nothing is written yet."""


class Bottomless:
    """A purse without a bottom: no budget is set."""

    async def reserve(self, task: Task) -> Reserved | Short:
        """Always granted."""
        return Reserved()
