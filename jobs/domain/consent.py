"""What only a person may decide about a change: content that needs a consent, proofs that need a look."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Sha
from jobs.domain.people import Person


class Ask(Frozen):
    """One file of a change that somebody must allow."""

    key: str
    """Which content: the same file with the same content has the same key."""
    path: str
    """The file, from the repository's root."""
    text: str
    """Why a person is asked."""


class Answer(Frozen):
    """What a person decided."""

    allowed: bool
    """False: refused."""
    person: Person
    """Who."""
    at: datetime
    """When, with time zone."""


class Hold(Frozen):
    """A question that holds a run up, put to named people."""

    id: str
    """Follows from what is asked: the same question has the same id."""
    asks: tuple[Ask, ...]
    """What is to be allowed, all or nothing."""
    people: tuple[str, ...]
    """Slack user ids of those who may answer."""
    answer: Answer | None = None
    """What was decided; None while it is open."""


class Consent(Frozen):
    """Content that a person allowed: it is not asked for again."""

    key: str
    """Which content."""
    path: str
    """The file."""
    person: Person
    """Who allowed it."""
    at: datetime
    """When, with time zone."""


class Confirmation(Frozen):
    """A person looked and found a criterion met, on exactly one commit."""

    criterion: str
    """Id of the criterion."""
    head: Sha
    """The commit they looked at."""
    person: Person
    """Who."""
    at: datetime
    """When, with time zone."""


def content_key(path: str, mode: str, content: str) -> str:
    """The key of a file's content; `content` is its blob id, or what stands for it."""
    return hashlib.sha256("\0".join((path, mode, content)).encode("utf-8", "surrogateescape")).hexdigest()[
        :24
    ]


def hold(asks: Iterable[Ask], people: Iterable[str]) -> Hold:
    """The question whether all of this is allowed."""
    asked = tuple(asks)
    digest = hashlib.sha256("\n".join(sorted(one.key for one in asked)).encode()).hexdigest()
    return Hold(id=digest[:12], asks=asked, people=tuple(people))
