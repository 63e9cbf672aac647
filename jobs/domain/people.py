"""Who asks, who reviews, and what each may do."""

from enum import StrEnum

from jobs.domain.base_model import Frozen


class Role(StrEnum):
    """What a person may do, each including the ones before it."""

    REVIEWER = "reviewer"
    REQUESTER = "requester"
    MAINTAINER = "maintainer"
    OPERATOR = "operator"


class Person(Frozen):
    """Somebody, as Slack knows them."""

    id: str
    """Slack user id, or the login name at a terminal."""
    name: str = ""
    """How to call them."""


class Access(Frozen):
    """Whether a person may use a repository from a channel, and if not, why."""

    granted: bool
    """True when they may."""
    reason: str = ""
    """Key of the refusal in templates/thread/refused.mrkdwn.j2; empty when granted."""
