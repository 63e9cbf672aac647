"""What a person may see outside of any channel: the repositories of the channels they are in."""

from bot import access
from bot.directory import Directory
from jobs.domain.base_model import Frozen
from jobs.domain.people import Person
from jobs.domain.task import Task
from jobs.settings import OperatorFile


class Reach(Frozen):
    """What a person may see, and what they look after."""

    person: str
    """Slack user id."""
    repositories: frozenset[str] = frozenset()
    """Full paths of the projects whose tasks may be shown to them."""
    maintained: frozenset[str] = frozenset()
    """Those whose numbers they may see: a maintainer's own, all for an operator."""
    channels: tuple[str, ...] = ()
    """Ids of the repositories' channels that they are in."""

    def sees(self, task: Task) -> bool:
        """Whether a task may be shown to them."""
        return task.requester.id == self.person or task.spec.repository in self.repositories


async def reach_of(person: str, *, operator: OperatorFile, directory: Directory) -> Reach:
    """What a full member of this Slack may see; shared channels and those out of reach show nothing."""
    mine = await _channels(person, operator=operator, directory=directory)
    seen = {
        path
        for channel in mine
        for path in access.usable(operator, channel=channel, person=Person(id=person))
    }
    rules = person in operator.operators
    maintained = frozenset(
        path for path, one in operator.repositories.items() if rules or person in one.maintainers
    )
    return Reach(person=person, repositories=maintained | seen, maintained=maintained, channels=tuple(mine))


async def _channels(person: str, *, operator: OperatorFile, directory: Directory) -> list[str]:
    named = dict.fromkeys(channel for one in operator.repositories.values() for channel in one.channels)
    found = []
    for channel in named:
        if person in await directory.members(channel):
            allowed = await directory.admits(person=person, channel=channel)
            found += [channel] if allowed.granted else []
    return found
