"""The record of one run: saved under its lease, then announced."""

from collections.abc import Callable
from datetime import UTC, datetime

from jobs.domain.answers import overtaken
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.errors import LostLease
from jobs.metrics import METRICS
from jobs.queue import keys
from jobs.queue.patience import patiently
from jobs.queue.record import NewerRecord
from jobs.queue.store import Store
from jobs.queue.write import Lease
from jobs.worker.moves import settled
from jobs.worker.speaker import Speaker


class RunJournal:
    """ports.Journal over the store; it waits through an outage of Redis rather than lose a change."""

    def __init__(
        self, store: Store, lease: Lease, speaker: Speaker, *, stage: RunState | None = None
    ) -> None:
        self._store = store
        self._lease = lease
        self._speaker = speaker
        self._said: tuple[object, ...] = ()
        self._since = datetime.now(UTC)
        self._stage = stage

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

    async def give_way(self) -> None:
        """End the run for the one that goes on from an answer; what is being opened meanwhile stays."""

        def move(task: Task) -> Task:
            if task.run is None or not overtaken(task):
                return task
            return settled(task, task.run.to(RunState.SUPERSEDED, step=""), datetime.now(UTC))

        await self._save(move)

    async def _save(self, move: Callable[[Task], Task]) -> Task:
        try:
            task = await patiently(lambda: self._store.change(self._lease.task, move, lease=self._lease))
        except NewerRecord:
            # a newer worker acted on it: the run goes on there, from its last finished phase
            raise LostLease(self._lease.task) from None
        self._count(task)
        state = (task.state, task.run.state if task.run else None)
        self._speaker.tell(task, urgent=state != self._said)
        self._said = state
        return task

    def _count(self, task: Task) -> None:
        run, now = task.run, datetime.now(UTC)
        if run is None or run.state is self._stage:
            return
        if self._stage is not None:
            METRICS.observe("codegen_stage_seconds", (now - self._since).total_seconds(), stage=self._stage)
        self._stage, self._since = run.state, now
        if run.ended:
            METRICS.count("codegen_runs_ended_total", state=run.state)
            METRICS.count("codegen_spend_usd_total", float(run.spend.usd))
            METRICS.count("codegen_tokens_total", run.spend.input_tokens + run.spend.output_tokens)
            if run.verdict is not None:
                METRICS.count("codegen_verdicts_total", status=run.verdict.status)
