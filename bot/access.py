"""Who may do what, where: pure rules over codegen.toml; each refusal is a key of refused.mrkdwn.j2."""

from jobs.domain.people import Access, Person
from jobs.domain.task import Task
from jobs.settings import OperatorFile, RepositorySettings

GRANTED = Access(granted=True)


def may_ask(operator: OperatorFile, *, repository: str, channel: str, person: Person) -> Access:
    """Whether a person may ask for a change of a repository from a channel."""
    settings = operator.repositories.get(repository)
    if settings is None:
        return Access(granted=False, reason="repository_unknown")
    if channel not in settings.channels:
        return Access(granted=False, reason="channel_not_mapped")
    if settings.people and not _named(operator, settings, person):
        return Access(granted=False, reason="person_not_listed")
    return GRANTED


def may_open(operator: OperatorFile, *, channel: str, person: Person) -> Access:
    """Whether a channel offers a person any repository at all."""
    found = [
        may_ask(operator, repository=path, channel=channel, person=person)
        for path, one in operator.repositories.items()
        if channel in one.channels
    ]
    if not found:
        return Access(granted=False, reason="channel_without_repository")
    return next((one for one in found if one.granted), found[0])


def usable(operator: OperatorFile, *, channel: str, person: Person) -> tuple[str, ...]:
    """Repositories a person may use from a channel, the channel's default first."""
    return tuple(
        path
        for path in operator.repositories
        if may_ask(operator, repository=path, channel=channel, person=person).granted
    )


def may_act(operator: OperatorFile, *, task: Task, person: Person) -> Access:
    """Whether a person may cancel or retry a task: its requester, a maintainer or an operator."""
    settings = operator.repositories.get(task.spec.repository, RepositorySettings())
    named = (task.requester.id, *settings.maintainers, *operator.operators)
    return GRANTED if person.id in named else Access(granted=False, reason="not_yours")


def may_see(operator: OperatorFile, *, task: Task, channel: str, person: Person) -> bool:
    """Whether a task may be shown to a person in a channel: theirs, or the channel is its repository's."""
    settings = operator.repositories.get(task.spec.repository, RepositorySettings())
    return channel in settings.channels or person.id in (task.requester.id, *operator.operators)


def may_read(operator: OperatorFile, *, task: Task, channel: str) -> Access:
    """Whether code and logs of a task may be shown in a channel: only in one of its repository's own."""
    settings = operator.repositories.get(task.spec.repository)
    if settings is None:
        return Access(granted=False, reason="repository_unknown")
    return GRANTED if channel in settings.channels else Access(granted=False, reason="channel_not_mapped")


def _named(operator: OperatorFile, settings: RepositorySettings, person: Person) -> bool:
    return person.id in (*settings.people, *settings.maintainers, *operator.operators)
