"""A batch: specs that are submitted, approved and reviewed together."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.ledger import Limit
from jobs.domain.people import Person

MOST = 50
"""Specs in one batch."""


class Membership(Frozen):
    """That a task belongs to a batch, and what the batch sets for all of them."""

    id: str
    """Batch id."""
    name: str
    """The task's name within the batch."""
    budget: Limit = Limit()
    """What all tasks of the batch together may use."""
    parallel: Annotated[int, Field(ge=1)] | None = None
    """How many of them may run at the same time; None leaves it to the backlog."""


class Batch(Frozen):
    """An approved batch: its tasks exist, all of them."""

    id: str
    """`cb-` and 8 Crockford base 32 characters of a hash of its origin and document."""
    title: str
    """What it is about."""
    requester: Person
    """Who submitted it."""
    channel: str | None = None
    """Where it is talked about; None at a terminal."""
    ts: str | None = None
    """Timestamp of its one head message, once posted."""
    tasks: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST)]
    """Ids of its tasks, in the order of the document."""
    created_at: datetime
    """When it was approved."""
