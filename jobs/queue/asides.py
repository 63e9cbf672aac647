"""Which messages beside the head stand in a task's thread, and what each says: so that none is said twice."""

from jobs.domain.base_model import Frozen
from jobs.queue import keys
from jobs.queue.connection import Connection

KEPT = 90 * 24 * 3600
"""Seconds they are remembered after the last of them changed."""


class Aside(Frozen):
    """One such message, as it was last said."""

    ts: str
    """Its timestamp."""
    digest: str
    """Of what it says."""
    text: str
    """What it is about, for its end."""
    open: bool
    """True while something is asked of people there."""


async def asides(connection: Connection, task: str) -> dict[str, Aside]:
    """Every message of the task by its key."""
    found = await connection.call("HGETALL", keys.asides(task))
    return {key.decode(): Aside.model_validate_json(value) for key, value in found.items()}


async def keep(connection: Connection, task: str, key: str, aside: Aside) -> None:
    """Remember a message as it stands now."""
    name = keys.asides(task)
    await connection.many([("HSET", name, key, aside.model_dump_json()), ("EXPIRE", name, KEPT)])
