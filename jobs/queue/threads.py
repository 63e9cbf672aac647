"""Which task a message in Slack is the head of; written with the record of the task."""

from collections.abc import Sequence

from jobs.domain.task import Task
from jobs.queue import keys
from jobs.queue.connection import Connection, Word


def moves(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The command that makes a task known by its head message; again at each move, for older records."""
    thread = task.thread
    known = old is not None and old.thread == thread and old.state is task.state
    if thread is None or thread.ts is None or known:
        return []
    return [("SADD", keys.thread(thread.channel, thread.ts), task.id)]


async def tasks_of(connection: Connection, channel: str, ts: str) -> tuple[str, ...]:
    """Ids of the tasks whose head message this is, in order."""
    found = await connection.call("SMEMBERS", keys.thread(channel, ts))
    return tuple(sorted(one.decode() for one in found))
