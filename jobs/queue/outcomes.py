"""What ended runs used and what came of them: the newest, for estimates and for comparisons."""

from collections.abc import Sequence

from jobs.domain.estimate import Outcome
from jobs.domain.outcome import Ended, RunOutcome
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Kind
from jobs.domain.task import Task
from jobs.queue import keys, usefulness
from jobs.queue.connection import Connection, Word

KEPT = 200
"""Outcomes kept of each group."""

RUNS = "cg:outcomes:runs"
"""List: every ended run, newest first."""
RUNS_KEPT = 5000
"""Runs kept there."""

_TELLING = frozenset({RunState.DELIVERED, RunState.REJECTED})


async def past(connection: Connection, kind: Kind, repository: str) -> tuple[Outcome, ...]:
    """The newest outcomes of the same kind and repository, of the kind, and of all; each once."""
    names = (_key(kind, repository), _key(kind, ""), _key("", ""))
    rows = await connection.many([("LRANGE", name, 0, -1) for name in names])
    lines = dict.fromkeys(line for row in rows for line in row)
    return tuple(Outcome.model_validate_json(line) for line in lines)


async def ended(connection: Connection) -> tuple[tuple[RunOutcome, ...], dict[str, Ended]]:
    """Every run that is kept, and what became of the tasks that are decided."""
    names = [("ZRANGE", keys.by_state(one), 0, -1) for one in Ended]
    lines, *decided = await connection.many([("LRANGE", RUNS, 0, -1), *names])
    runs = tuple(RunOutcome.model_validate_json(line) for line in lines)
    ends = {task.decode(): one for one, tasks in zip(Ended, decided, strict=True) for task in tasks}
    return runs, ends


def recorded(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The commands that keep what an ended run used, what came of it, and what people said of it."""
    return [*usefulness.recorded(old, task), *_came(old, task)]


def _came(old: Task | None, task: Task) -> list[Sequence[Word]]:
    run = task.run
    if run is None or not run.ended or old is None or old.run is None or old.run.ended:
        return []
    told = _told(task, run).model_dump_json(exclude_defaults=True)
    kept: list[Sequence[Word]] = [("LPUSH", RUNS, told), ("LTRIM", RUNS, 0, RUNS_KEPT - 1)]
    return [*kept, *_used(task, run)]


def _used(task: Task, run: Run) -> list[Sequence[Word]]:
    """For estimates; a run that told nothing of its cost is left out."""
    if not _tells(run):
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


def _told(task: Task, run: Run) -> RunOutcome:
    return RunOutcome(
        task=task.id,
        number=run.number,
        purpose=run.purpose,
        kind=task.spec.kind,
        repository=task.spec.repository,
        state=run.state.value,
        usd=float(run.spend.usd),
        rounds=run.round,
        library=run.prompts.library,
        templates=run.templates,
        trial=run.prompts.trial,
        starter=task.starter,
        gaps=len(task.gaps),
        engine=run.engine,
        proven=run.verdict.proven if run.verdict else 0,
        criteria=len(task.spec.criteria),
        at=run.ended_at or task.updated_at,
    )


def _tells(run: Run) -> bool:
    stopped_at_a_cap = run.state is RunState.STOPPED and run.spend.requests > 0
    return run.state in _TELLING or stopped_at_a_cap


def _key(kind: str, repository: str) -> str:
    return f"cg:outcomes:{kind}|{repository}"
