"""What people and pipelines say of a change: data for the next round, never instructions to us."""

from datetime import datetime
from enum import StrEnum

from jobs.domain.base_model import Frozen


class FeedbackKind(StrEnum):
    """Where it was said."""

    COMMENT = "comment"
    """In a discussion of the merge request."""
    REQUEST = "request"
    """By asking for changes, in Slack or in GitLab."""
    REPLY = "reply"
    """In the task's thread."""
    ANSWER = "answer"
    """By answering a question otherwise than the run assumed."""
    PIPELINE = "pipeline"
    """By a failed pipeline of the head."""
    CONFLICT = "conflict"
    """By a merge that does not go through."""


class Feedback(Frozen):
    """One thing that was said."""

    id: str
    """From its origin, such as note:1234, slack:1763.0001, pipeline:77: the same words are taken once."""
    kind: FeedbackKind
    """Where it was said."""
    by: str
    """Who, as people call them."""
    text: str
    """What, as it was written."""
    at: datetime
    """When, with time zone."""
    path: str | None = None
    """The file it is about."""
    line: int | None = None
    """The line there, on the new side."""
    code: str = ""
    """The lines around it."""
    discussion: str | None = None
    """Id of the discussion to answer in."""
    criteria: tuple[str, ...] = ()
    """Ids of the criteria it is about."""
    url: str = ""
    """Where it can be read."""
