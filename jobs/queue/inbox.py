"""What people said to a task while its run was going on."""

from jobs.domain.answers import overtaking
from jobs.domain.feedback import Feedback
from jobs.queue.patience import patiently
from jobs.queue.store import Store


class StoreInbox:
    """The Inbox port, read from the task's record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def cancelled_by(self, task: str) -> str | None:
        """Name of the person who cancelled, or None."""
        found = await patiently(lambda: self._store.get(task))
        person = found.cancel if found else None
        return (person.name or person.id) if person else None

    async def feedback(self, task: str) -> tuple[Feedback, ...]:
        """What was said and no run has taken yet."""
        found = await patiently(lambda: self._store.get(task))
        if found is None:
            return ()
        # an answer that changes what the run assumed ends it instead
        other = {one.id for one in overtaking(found)}
        return tuple(one for one in found.feedback if one.id not in other)
