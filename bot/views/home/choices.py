"""What was chosen in App Home: the ids of its elements, and how their values are written and read."""

from collections.abc import Mapping
from typing import Any

from bot.views.home.nouns import Part
from jobs.domain.base_model import Frozen

PRIORITY, EDIT, CANCEL, RETRY, MORE = (
    "home_priority",
    "home_edit",
    "home_cancel",
    "home_retry",
    "home_more",
)
"""The action ids of App Home."""


class Choice(Frozen):
    """A click or a chosen option."""

    id: str
    """The same click has the same id."""
    task: str = ""
    """Task id; empty for what belongs to a list."""
    chosen: str = ""
    """The priority, or the part of which more is wanted."""

    @property
    def part(self) -> Part | None:
        """The list of which more is wanted; None for another choice."""
        return Part(self.chosen) if self.chosen in set(Part) else None


def value(task: str, chosen: str = "") -> str:
    """The value of a button or an option."""
    return f"{task}:{chosen}"


def read_choice(body: Mapping[str, Any]) -> Choice:
    """The choice that a request brings."""
    action = body["actions"][0]
    written = (action.get("selected_option") or action).get("value") or ""
    task, _, chosen = str(written).partition(":")
    who = (body.get("user") or {}).get("id", "")
    return Choice(id=f"{action['action_ts']}-{who}", task=task, chosen=chosen)
