"""Merge requests that do not show yet what people said: each is rewritten, however often it is tried."""

import logging

from jobs.domain.task import InReview, Task, TaskState
from jobs.errors import Stop, Transient
from jobs.ports import Tools
from jobs.queue import keys
from jobs.queue.record import NewerRecord
from jobs.queue.store import Store
from jobs.stages.merge_request import rewrite_merge_request
from jobs.worker.logs import about

logger = logging.getLogger(__name__)


async def rewrite_lagging(store: Store, tools: Tools) -> None:
    """Bring every such merge request up to date; one that cannot be reached now is tried again."""
    for one in await store.connection.call("SMEMBERS", keys.LAGGING):
        with about(one.decode()):
            await _bring_up(one.decode(), store, tools)


async def _bring_up(task_id: str, store: Store, tools: Tools) -> None:
    try:
        task = await store.get(task_id)
        if task is not None and task.state is TaskState.RUNNING:
            return  # its run would write over it: once that has ended
        if task is not None:
            await _rewrite(task, store, tools)
        await _done(store, task, task_id)
    except (NewerRecord, Transient) as passing:
        logger.warning("the merge request of %s waits: %s", task_id, passing)
    except Stop as stop:
        logger.warning("the merge request of %s stays as it is: %s", task_id, stop)
        await store.connection.call("SREM", keys.LAGGING, task_id)


async def _rewrite(task: Task, store: Store, tools: Tools) -> None:
    found = await rewrite_merge_request(task, tools)
    if found is None:
        return

    def move(now: Task) -> Task:
        if now.state is not TaskState.IN_REVIEW or now.merge_request == found:
            return now
        return now.note(merge_request=found, in_review=InReview.DRAFT if found.draft else InReview.REVIEW)

    await store.change(task.id, move)


async def _done(store: Store, task: Task | None, task_id: str) -> None:
    """Forget it, unless somebody said something more meanwhile."""
    now = await store.get(task_id)
    if now is None or task is None or _said(now) == _said(task):
        await store.connection.call("SREM", keys.LAGGING, task_id)


def _said(task: Task) -> tuple[object, ...]:
    return task.confirmations, task.answered
