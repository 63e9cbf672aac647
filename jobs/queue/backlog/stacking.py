"""Stacks in the store: a task is put on another's branch, and follows what becomes of that task."""

from jobs.domain.plan import Overlap, Until
from jobs.domain.stack import restacked
from jobs.domain.task import Task
from jobs.domain.wait import stands_on
from jobs.errors import Refused
from jobs.queue import keys, places
from jobs.queue.backlog import order
from jobs.queue.store import Conflict, Store


async def restack(store: Store, task_id: str) -> Task | None:
    """The task, moved if its parent's state calls for it: the one place where a parent's state counts."""
    task = await store.get(task_id)
    if task is None or not task.plan.stack:
        return task
    parent = await store.get(task.plan.depends_on[0])
    return await store.change(task.id, lambda now: restacked(now, parent) or now)


async def stack(store: Store, task: Task) -> bool:
    """Make a task in line stand on one it overlaps with; False when it does not, or would close a cycle."""
    if task.plan.overlap is not Overlap.STACK or task.plan.depends_on or task.opened:
        return False
    claims = await store.connection.call("HGETALL", keys.claims(task.spec.repository))
    other = stands_on(task, places.read_claims(claims))
    if other is None:
        return False
    try:
        terms = await order.checked(store, task.id, [other])
        change = {"depends_on": (other,), "stack": True, "until": Until.OPENED}
        plan = task.plan.model_copy(update=change)
        await store.change(task.id, lambda now: now.note(plan=plan), terms=terms)
    except (Refused, Conflict):
        return False  # it overlaps, so it waits; the next turn decides anew
    return True
