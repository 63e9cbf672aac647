"""A person's click or words, executed once by a worker."""

from datetime import datetime

from pydantic import Field, JsonValue

from jobs.domain.action import ActKind
from jobs.domain.base_model import Frozen
from jobs.domain.people import Person


class Act(Frozen):
    """One request to change a task; the same click has the same id, so it is done once."""

    id: str
    """From its origin: action_ts, trigger or event id."""
    task: str
    """Task id."""
    kind: ActKind
    """What to do."""
    person: Person
    """Who asked."""
    payload: dict[str, JsonValue] = Field(default_factory=dict)
    """What belongs to it, by kind."""
    at: datetime
    """When, with time zone."""
