"""Acts, executed once: cancel, retry, what is changed about a waiting task, and what is only recorded."""

import logging
from datetime import UTC, datetime

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.answers import overtaken
from jobs.domain.patch import HandedOver
from jobs.domain.review import MergeRequest
from jobs.domain.task import Task, TaskState, Wish
from jobs.errors import Refused, Stop, Transient
from jobs.ports import Messenger, Review
from jobs.queue import acts, keys
from jobs.queue.backlog import order
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.queue.write import Terms
from jobs.render import render
from jobs.settings import OperatorFile
from jobs.worker.answering import said
from jobs.worker.consenting import answered, confirmed, held, withdrawn
from jobs.worker.handing import handed_over, shown
from jobs.worker.logs import about
from jobs.worker.moves import cancelled, may_act, queued, retried
from jobs.worker.replanning import edited, reprioritised, rescheduled
from jobs.worker.reviewing import (
    ASKS_GITLAB,
    asked_of_gitlab,
    carried_out,
    changes_requested,
    update_wanted,
)
from jobs.worker.voting import judged

logger = logging.getLogger(__name__)


Came = Wish | MergeRequest | HandedOver | None
"""What came of the part of an act that is GitLab's or Slack's to carry out."""


async def run_act(
    act_id: str,
    *,
    store: Store,
    queue: Queue,
    operator: OperatorFile,
    review: Review,
    messenger: Messenger,
) -> Task | None:
    """Execute an act; the task afterwards, or None when there was nothing to do."""
    act = await store.act(act_id)
    if act is None:
        return None
    present = await store.get(act.task)
    if present is None:
        await acts.drop(store.connection, act_id, "task.unknown")
        return None
    try:
        terms = await _order(act, store)
        came = await _outside(act, present, operator, review=review, messenger=messenger)
        task = await store.execute(act, lambda task: _effect(act, task, operator, came), terms=terms)
    except Refused as refused:
        task = await store.execute(act, lambda task: (task, "act.refused"), facts={"problem": str(refused)})
    except Stop as refused:
        task = await store.execute(act, lambda task: (task, "act.refused"), facts={"problem": str(refused)})
        await _excuse(act, refused, messenger)
    if task is None:
        return None
    with about(task):
        logger.info("act %s by %s: now %s", act.kind, act.person.id, task.state)
    if (task.state is TaskState.RUNNING and task.cancel is not None) or overtaken(task):
        await store.connection.call("PUBLISH", keys.CANCELS, task.id)
    waits = task.state in (TaskState.WAITING, TaskState.PROPOSED)
    if waits or (act.kind is ActKind.CONSENT and task.at_work):
        await queue.submit(task.id)
    return task


def _effect(act: Act, task: Task, operator: OperatorFile, came: Came) -> tuple[Task, str]:
    match act.kind:
        case ActKind.CONSENT:
            return answered(act, task, operator, now=datetime.now(UTC))
        case ActKind.CONFIRM:
            return confirmed(act, task, operator)
        case ActKind.VOTE:
            return judged(act, task)
        case ActKind.DIFF:
            return shown(task, came if isinstance(came, HandedOver) else None)
    if not may_act(act.person, task, operator):
        return task, "act.refused"
    match act.kind:
        case ActKind.CANCEL:
            asked = cancelled(task, act.person)
            return withdrawn(asked[0], datetime.now(UTC)) if held(task) else asked
        case ActKind.RETRY:
            return retried(task)
        case ActKind.QUEUE:
            return queued(task, operator=operator, now=datetime.now(UTC))
        case ActKind.OPEN_MR:
            return task, "act.open_mr"
        case ActKind.REQUEST_CHANGES:
            return changes_requested(act, task)
        case ActKind.ANSWER | ActKind.REPLY | ActKind.REVISE | ActKind.LISTEN:
            return said(act, task, now=datetime.now(UTC))
        case ActKind.REBASE:
            return update_wanted(task)
        case ActKind.MERGE | ActKind.CLOSE:
            return carried_out(act, task, None if isinstance(came, HandedOver) else came)
        case ActKind.PRIORITY:
            return reprioritised(task, act.payload)
        case ActKind.RESCHEDULE:
            return rescheduled(task, act.payload, operator=operator, now=datetime.now(UTC))
        case ActKind.EDIT:
            return edited(task, act.payload, operator=operator, now=datetime.now(UTC))


async def _outside(
    act: Act, task: Task, operator: OperatorFile, *, review: Review, messenger: Messenger
) -> Came:
    if act.kind is ActKind.DIFF:
        return await handed_over(act, task, messenger=messenger, operator=operator)
    if act.kind in ASKS_GITLAB and may_act(act.person, task, operator):
        return await asked_of_gitlab(act, task, review)
    return None


async def _excuse(act: Act, refused: Stop, messenger: Messenger) -> None:
    """Whoever clicked hears why nothing came of it."""
    try:
        await messenger.tell(
            act.person.id, render("thread/excuse.mrkdwn.j2", task=act.task, why=str(refused))
        )
    except (Stop, Transient) as silent:
        logger.warning("%s could not be told: %s", act.person.id, silent)


async def _order(act: Act, store: Store) -> Terms | None:
    """What a new plan depends on must be there and must not depend on the task; raises Refused."""
    if act.kind in (ActKind.CONFIRM, ActKind.ANSWER):
        return Terms(also=(("SADD", keys.LAGGING, act.task),))
    plan = act.payload.get("plan") if act.kind in (ActKind.RESCHEDULE, ActKind.EDIT) else None
    wanted = plan.get("depends_on") if isinstance(plan, dict) else None
    if not isinstance(wanted, list) or not wanted:
        return None
    return await order.checked(store, act.task, [str(one) for one in wanted])
