"""What still lags behind the store: threads to bring up to date, posts that may be double."""

import json
import time
from collections import Counter

from jobs.queue import keys, posting
from jobs.queue.lease import unowned
from jobs.queue.listing import ids
from jobs.queue.patience import patiently
from jobs.queue.store import Store

SHOWN = 12
"""Threads named one by one at the most."""

SHORTLY = 500_000
"""Microseconds between reading the clock and putting a mark off, generously."""


async def said_and_tidy(store: Store) -> bool:
    """Every thread shows the latest, and every post that its poster left was looked at once."""
    if await patiently(lambda: store.connection.call("ZCARD", keys.UNSAID)):
        return False
    lines = await patiently(lambda: store.connection.call("ZRANGE", keys.POSTING, 0, -1, "WITHSCORES"))
    return all(_looked(float(at), json.loads(line)[-1]) for line, at in zip(*[iter(lines)] * 2, strict=True))


def _looked(due: float, since: int) -> bool:
    """A good look puts the next one off for as long again as the mark is old; a failed one only shortly."""
    first, rest = (one.total_seconds() * 1_000_000 for one in (posting.LOOK_AFTER, posting.CLAIMED))
    resting = due < time.time() * 1_000_000 + rest
    return due > since + 4 * first or (due > since + 2 * first - SHORTLY and not resting)


async def left_to_do(store: Store) -> str:
    """The states of all tasks and, for each thread that lags, for how long and who holds the task."""
    connection = store.connection
    states = Counter(one.state.value for one in await store.list(limit=1000))
    late = await ids(connection, keys.UNSAID)
    free = set(await unowned(connection, late))
    told = []
    for task_id in late[:SHOWN]:
        due = float(await connection.call("ZSCORE", keys.UNSAID, task_id) or 0) / 1_000_000
        owner = "nobody" if task_id in free else (await connection.call("GET", keys.lease(task_id)) or b"?")
        told.append(f"{task_id} due {time.time() - due:.0f} s ago, held by {owner!r}")
    marks = await connection.call("ZCARD", keys.POSTING)
    return f"{dict(states)}; {len(late)} threads lag, {marks} posts are marked: {'; '.join(told)}"
