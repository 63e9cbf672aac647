"""What tasks reached, kept for the team's numbers: the newest first."""

from collections.abc import Sequence
from datetime import datetime

from jobs.domain.milestone import Milestone, reached
from jobs.domain.task import Task
from jobs.queue.connection import Connection, Word

KEY = "cg:milestones"
"""List: one line for each milestone."""
KEPT = 50_000
"""Milestones that are kept."""
PAGE = 1000
"""Lines that are read at once."""


def recorded(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The commands that keep what a change reaches."""
    lines = [one.model_dump_json() for one in reached(old, task)]
    return [("LPUSH", KEY, *lines), ("LTRIM", KEY, 0, KEPT - 1)] if lines else []


async def newest(connection: Connection) -> bytes:
    """The last line, by which it is known whether there is something new; empty when there is none."""
    return await connection.call("LINDEX", KEY, 0) or b""


async def since(connection: Connection, moment: datetime) -> tuple[Milestone, ...]:
    """Every milestone from a moment on, newest first."""
    found: list[Milestone] = []
    start = 0
    while True:
        lines = await connection.call("LRANGE", KEY, start, start + PAGE - 1)
        page = [Milestone.model_validate_json(line) for line in lines]
        found += [one for one in page if one.at >= moment]
        # clocks differ a little between workers: only a whole page of older ones ends it
        if len(page) < PAGE or all(one.at < moment for one in page):
            return tuple(found)
        start += PAGE
