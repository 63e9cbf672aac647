"""Who asks, who reviews, and what each may do."""

import re
from enum import StrEnum

from jobs.domain.base_model import Frozen

_GROUP = re.compile(r"S[0-9A-Z]{3,}|@\S+")


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


def is_group(name: str) -> bool:
    """True for a Slack user group, by its id such as S0123ABCD or its @handle; False for a person's id."""
    return _GROUP.fullmatch(name) is not None
