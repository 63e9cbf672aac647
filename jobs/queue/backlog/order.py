"""What tasks depend on: only on tasks there are, and never on each other."""

from collections.abc import Sequence

from jobs.domain.plan import cycle, cycle_sentence
from jobs.errors import Refused
from jobs.queue import keys
from jobs.queue.store import Store
from jobs.queue.write import Terms

FARTHEST = 2000
"""Tasks looked at along the way before an order counts as too deep."""


async def checked(store: Store, task_id: str, depends_on: Sequence[str]) -> Terms:
    """Raise Refused, naming the cycle or the unknown task; the terms make a write fail if orders changed.

    A new task that nobody names yet can only depend on what is there; a change of an existing one may
    close a cycle.
    """
    seen = int(await store.connection.call("GET", keys.ORDERS) or 0)
    edges: dict[str, tuple[str, ...]] = {task_id: tuple(depends_on)}
    ahead = list(depends_on)
    while ahead and len(edges) <= FARTHEST:
        name = ahead.pop()
        if name in edges:
            continue
        task = await store.get(name)
        if task is None:
            raise Refused({"depends_on": f"there is no task {name}"})
        edges[name] = task.plan.depends_on
        ahead += task.plan.depends_on
    way = cycle(task_id, edges)
    if way:
        raise Refused({"depends_on": cycle_sentence(way)})
    if ahead:
        raise Refused({"depends_on": f"more than {FARTHEST} tasks would have to be done first"})
    return Terms(same=((keys.ORDERS, seen),), also=(("INCR", keys.ORDERS),))
