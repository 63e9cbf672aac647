"""The record of one run: saved under its lease, then announced."""

from collections.abc import Callable
from datetime import UTC, datetime

from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.errors import LostLease
from jobs.queue import keys
from jobs.queue.commit import Lease
from jobs.queue.patience import patiently
from jobs.queue.record import NewerRecord
from jobs.queue.store import Store
from jobs.worker.moves import settled
from jobs.worker.speaker import Speaker


class RunJournal:
    """ports.Journal over the store; it waits through an outage of Redis rather than lose a change."""

    def __init__(self, store: Store, lease: Lease, speaker: Speaker) -> None:
        self._store = store
        self._lease = lease
        self._speaker = speaker
        self._said: tuple[object, ...] = ()

    async def __call__(self, run: Run) -> Run:
        """Save and announce; returns the run as saved; raises LostLease when another worker owns it."""
        task = await self._save(lambda task: settled(task, run, datetime.now(UTC)))
        return task.run or run

    async def chain_head(self) -> str:
        """Hash of the task's last event."""
        head = await patiently(
            lambda: self._store.connection.call("HGET", keys.task(self._lease.task), "head")
        )
        return bytes(head).decode()

    async def end(self, state: RunState, *, reason: str = "", remedy: str = "", reference: str = "") -> None:
        """End the run as it is stored; one that has ended already stays as it is."""

        def move(task: Task) -> Task:
            if task.run is None or task.run.ended:
                return task
            words = {"reason": reason, "remedy": remedy, "reference": reference, "step": ""}
            return settled(task, task.run.to(state, **words), datetime.now(UTC))

        await self._save(move)

    async def _save(self, move: Callable[[Task], Task]) -> Task:
        try:
            task = await patiently(lambda: self._store.change(self._lease.task, move, lease=self._lease))
        except NewerRecord:
            # a newer worker acted on it: the run goes on there, from its last finished phase
            raise LostLease(self._lease.task) from None
        state = (task.state, task.run.state if task.run else None)
        self._speaker.tell(task, urgent=state != self._said)
        self._said = state
        return task
