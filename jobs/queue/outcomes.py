"""What ended runs used, kept for estimates: the newest of each kind and repository."""

from collections.abc import Sequence

from jobs.domain.estimate import Outcome
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Kind
from jobs.domain.task import Task
from jobs.queue import usefulness
from jobs.queue.connection import Connection, Word

KEPT = 200
"""Outcomes kept of each group."""

_TELLING = frozenset({RunState.DELIVERED, RunState.REJECTED})


async def past(connection: Connection, kind: Kind, repository: str) -> tuple[Outcome, ...]:
    """The newest outcomes of the same kind and repository, of the kind, and of all; each once."""
    names = (_key(kind, repository), _key(kind, ""), _key("", ""))
    rows = await connection.many([("LRANGE", name, 0, -1) for name in names])
    lines = dict.fromkeys(line for row in rows for line in row)
    return tuple(Outcome.model_validate_json(line) for line in lines)


def recorded(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The commands that keep what an ended run used, and what people said of it.

    A run that told nothing of its cost is left out.
    """
    return [*usefulness.recorded(old, task), *_used(old, task)]


def _used(old: Task | None, task: Task) -> list[Sequence[Word]]:
    run = task.run
    if run is None or not run.ended or old is None or old.run is None or old.run.ended or not _tells(run):
        return []
    outcome = Outcome(
        kind=task.spec.kind,
        repository=task.spec.repository,
        state=run.state.value,
        usd=float(run.spend.usd),
        tokens=run.spend.input_tokens + run.spend.output_tokens,
        minutes=run.spend.seconds / 60,
        rounds=run.round,
        at=run.ended_at or task.updated_at,
    )
    names = (_key(outcome.kind, outcome.repository), _key(outcome.kind, ""), _key("", ""))
    line = outcome.model_dump_json()
    pushes: list[Sequence[Word]] = [("LPUSH", name, line) for name in names]
    return [*pushes, *[("LTRIM", name, 0, KEPT - 1) for name in names]]


def _tells(run: Run) -> bool:
    stopped_at_a_cap = run.state is RunState.STOPPED and run.spend.requests > 0
    return run.state in _TELLING or stopped_at_a_cap


def _key(kind: str, repository: str) -> str:
    return f"cg:outcomes:{kind}|{repository}"
