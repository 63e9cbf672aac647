"""How many tasks there are, where, and why they wait: read for the metrics, at a cost that does not grow."""

from datetime import datetime

from jobs.domain.task import TaskState
from jobs.queue import board, keys
from jobs.queue.connection import Connection
from jobs.queue.lease import unowned
from jobs.queue.listing import ids

Gauges = dict[str, dict[tuple[tuple[str, str], ...], float]]
"""Name → labels → value."""


async def census(connection: Connection, now: datetime) -> Gauges:
    """Every gauge that is the same for all workers."""
    states = list(TaskState)
    sizes = await connection.many([("ZCARD", keys.by_state(state)) for state in states])
    reasons = await connection.call("HGETALL", keys.REASONS)
    running = await ids(connection, keys.by_state(TaskState.RUNNING))
    orphans = len(await unowned(connection, running))
    oldest = await connection.call("ZRANGE", keys.by_state(TaskState.WAITING), 0, 0, "WITHSCORES")
    age = (keys.micros(now) - float(oldest[1])) / 1_000_000 if oldest else 0.0
    return {
        "codegen_tasks": {(("state", state.value),): size for state, size in zip(states, sizes, strict=True)},
        "codegen_waiting": {
            (("reason", reason.decode()),): max(0.0, float(number)) for reason, number in reasons.items()
        },
        "codegen_oldest_waiting_seconds": {(): max(0.0, age)},
        "codegen_unsaid": {(): float(await connection.call("ZCARD", keys.UNSAID))},
        "codegen_leases": {(): float(len(running) - orphans)},
        "codegen_orphans": {(): float(orphans)},
        "codegen_workers": {(): float(len(await board.workers(connection, now)))},
    }
