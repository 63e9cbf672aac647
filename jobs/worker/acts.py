"""Acts, executed once: cancel, retry, and what is only recorded."""

import logging

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.task import Task, TaskState
from jobs.queue import acts, keys
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.settings import OperatorFile
from jobs.worker.moves import cancelled, may_act, retried

logger = logging.getLogger(__name__)


async def run_act(act_id: str, *, store: Store, queue: Queue, operator: OperatorFile) -> Task | None:
    """Execute an act; the task afterwards, or None when there was nothing to do."""
    act = await store.act(act_id)
    if act is None:
        return None
    if await store.get(act.task) is None:
        await acts.drop(store.connection, act_id, "task.unknown")
        return None
    task = await store.execute(act, lambda task: _effect(act, task, operator))
    if task is None:
        return None
    logger.info("act %s on %s by %s: now %s", act.kind, act.task, act.person.id, task.state)
    if task.state is TaskState.RUNNING and task.cancel is not None:
        await store.connection.call("PUBLISH", keys.CANCELS, task.id)
    if task.state is TaskState.WAITING:
        await queue.submit(task.id)
    return task


def _effect(act: Act, task: Task, operator: OperatorFile) -> tuple[Task, str]:
    if not may_act(act.person, task, operator):
        return task, "act.refused"
    match act.kind:
        case ActKind.CANCEL:
            return cancelled(task, act.person)
        case ActKind.RETRY:
            return retried(task)
        case ActKind.OPEN_MR:
            return task, "act.open_mr"
