"""Which comments are meant for the bot, and whose words count; pure."""

import re

from jobs.domain.observed import Comment, Sight
from jobs.domain.people import Role
from jobs.domain.task import Task
from jobs.settings import OperatorFile, RepositorySettings

_WORDS = """
thanks thank thx ty you very much so many a lot ok okay k yes yep great nice cool perfect lgtm looks look good
well done agreed got it makes sense fine no worries problem awesome excellent brilliant merci danke gracias
i see
to me for the this that all now cheers +1 sounds
"""
_ACKNOWLEDGING = frozenset(_WORDS.split())
"""Words that, alone, only acknowledge."""
_ASIDE = re.compile(r"\s*aside\b", re.IGNORECASE)


def addressed(sight: Sight) -> tuple[Comment, ...]:
    """Comments of people that ask the bot for something, oldest first, where nobody has resolved it.

    Asking is: naming the bot, replying where the bot has spoken, or commenting while requesting changes.
    """
    spoken: set[str] = set()
    found = []
    for one in sight.comments:
        if one.ours or one.author == sight.author:
            spoken.add(one.discussion)
            continue
        meant = names_bot(one.text, sight) or one.discussion in spoken or one.author in sight.changes_wanted
        if meant and not one.resolved and instructs(one.text, sight):
            found.append(one)
    return tuple(found)


def names_bot(text: str, sight: Sight) -> bool:
    """True when the text mentions the bot's username."""
    return (
        bool(sight.author) and re.search(rf"(?<![\w@])@{re.escape(sight.author)}(?![\w-])", text) is not None
    )


def instructs(text: str, sight: Sight) -> bool:
    """True for words that ask for something; thanks and what is said past the bot do not."""
    words = re.sub(rf"@{re.escape(sight.author)}(?![\w-])", "", text) if sight.author else text
    words = " ".join(words.split()).strip()
    if not re.search(r"\w", words) or _ASIDE.match(words):
        return False
    return not _ACKNOWLEDGING.issuperset(re.findall(r"[\w'+]+", words.casefold()))


def may_instruct(username: str, task: Task, sight: Sight, *, operator: OperatorFile) -> bool:
    """True for people with any role."""
    return role(username, task, sight, operator=operator) is not None


def role(username: str, task: Task, sight: Sight, *, operator: OperatorFile) -> Role | None:
    """What a GitLab user is to a task: by codegen.toml's table of people, or as reviewer; None for nobody."""
    own = operator.repositories.get(task.spec.repository, RepositorySettings())
    person = operator.people.get(username)
    if person is not None:
        if person in operator.operators:
            return Role.OPERATOR
        if person in own.maintainers:
            return Role.MAINTAINER
        if person == task.requester.id or person in own.people:
            return Role.REQUESTER
    # GitLab lets only members of the project choose reviewers
    return Role.REVIEWER if username in (*own.reviewers, *sight.reviewers) else None
