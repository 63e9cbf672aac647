"""The record of a task: append-only, each entry sealed by the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from pydantic import JsonValue

from jobs.domain.base_model import Frozen

GENESIS = "0" * 64
"""What the first event of a chain names as its predecessor."""


class Event(Frozen):
    """One thing that happened to a task."""

    task: str
    """Task id."""
    seq: int
    """Position in the chain, from 0."""
    at: datetime
    """When, with time zone."""
    kind: str
    """What happened, such as task.created or run.verifying."""
    facts: dict[str, JsonValue]
    """What was observed."""
    prev: str
    """Hash of the event before, or GENESIS."""
    hash: str
    """SHA-256 of all other fields, hexadecimal."""


def seal(*, task: str, seq: int, at: datetime, kind: str, facts: dict[str, JsonValue], prev: str) -> Event:
    """The event with its hash computed over canonical JSON of every other field."""
    draft = Event(task=task, seq=seq, at=at, kind=kind, facts=facts, prev=prev, hash="")
    return draft.model_copy(update={"hash": _digest(draft)})


def first_broken(chain: Iterable[Event]) -> int | None:
    """Position of the first event that does not follow from the one before; None when all do."""
    prev = GENESIS
    for position, event in enumerate(chain):
        if event.seq != position or event.prev != prev or event.hash != _digest(event):
            return position
        prev = event.hash
    return None


def _digest(event: Event) -> str:
    fields = event.model_dump(mode="json", exclude={"hash"})
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
