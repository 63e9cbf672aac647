"""Whatever fell between two steps is found here: orphans, lost envelopes, acts, unsaid news."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from jobs.domain.task import Task, TaskState
from jobs.errors import Busy, Stop, TokenRefused, Transient, Unreachable
from jobs.ports import Message
from jobs.queue import keys, posting
from jobs.queue.backlog import Backlog
from jobs.queue.gate import URGENCY, Urgency
from jobs.queue.lease import unowned
from jobs.queue.listing import ids
from jobs.queue.record import NewerRecord
from jobs.queue.spoken import mine_to_say, overdue, said, say_again
from jobs.queue.store import Store
from jobs.queue.submit import RUNS, Queue
from jobs.worker.fault import fault_of
from jobs.worker.logs import about
from jobs.worker.speaker import Say

logger = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks, by one of all workers."""

UNTOUCHED = timedelta(seconds=3)
"""How long something must have lain before it counts as forgotten."""

AT_ONCE = 20
"""Threads brought up to date in one look at the most."""

ASK_AGAIN = timedelta(minutes=10)
"""How long to leave a thread alone whose channel cannot be written to."""

KEEP_ASKING = timedelta(days=1)
"""How long after its last change a task's thread is tried; after that its next change tries again."""

SAYING = timedelta(seconds=60)
"""How long one thread may take before another worker speaks there."""

SAY_AGAIN = timedelta(seconds=10)
"""How long to leave a thread alone that could not be brought up to date."""

Adopt = Callable[[str], Awaitable[bool]]
"""Goes on with a task whose owner was lost; False when it cannot be done here."""


async def reconcile(store: Store, queue: Queue, *, backlog: Backlog, adopt: Adopt) -> None:
    """One look at what should run, unless another worker has looked just now."""
    if await _my_turn(store, "turn"):
        await _restart(store, queue, adopt)
        await backlog.explain()


async def catch_up(store: Store, say: Say) -> None:
    """One look at what should have been said; apart, so that a slow Slack holds up no run."""
    if await _my_turn(store, "speaking"):
        await _speak(store, say)


async def clear_up(store: Store, keep_one: Callable[[Message], Awaitable[object]]) -> None:
    """One look at what may have been posted twice; it gives way to whatever is to be said."""
    if await _my_turn(store, "clearing"):
        URGENCY.set(Urgency.STATE)
        try:
            await posting.tidy(store.connection, keep_one)
        except Busy:
            return
        except (Stop, Transient) as away:
            logger.warning("doubles could not be looked for: %s", away)


async def _my_turn(store: Store, what: str) -> bool:
    turn = ("SET", f"{keys.WORKERS}:{what}", "1", "NX", "PX", round(EVERY * 900))
    return await store.connection.call(*turn) is not None


async def _restart(store: Store, queue: Queue, adopt: Adopt) -> None:
    connection, before = store.connection, keys.micros(datetime.now(UTC) - UNTOUCHED)
    held = {one.decode() for one in await connection.call("SMEMBERS", keys.HELD)}
    running = [one for one in await ids(connection, keys.by_state(TaskState.RUNNING)) if one not in held]
    orphans = await unowned(connection, running)
    # a fair share at once; the rest is for whichever worker hears of it first
    share = -(-len(orphans) // max(1, len(await store.workers())))
    await asyncio.gather(*(queue.submit(one) for one in orphans[share:]))
    for task_id in orphans[:share]:
        with about(task_id):
            logger.info("no live owner, it goes on")
            if not await adopt(task_id):
                await queue.submit(task_id)
    if await connection.call("ZCARD", keys.READY):
        await connection.call("PUBLISH", keys.WAKE, RUNS)
    for act_id in await ids(connection, keys.PENDING, until=before):
        await queue.submit_act(act_id)


async def _speak(store: Store, say: Say) -> None:
    late = await overdue(store.connection, datetime.now(UTC))
    for task_id in (await unowned(store.connection, late[: AT_ONCE * 5]))[:AT_ONCE]:
        now = datetime.now(UTC)
        if await mine_to_say(store.connection, task_id, now=now, until=now + SAYING):
            await _speak_of(task_id, store, say)


async def _speak_of(task_id: str, store: Store, say: Say) -> None:
    try:
        task = await store.get(task_id)
    except NewerRecord:
        return
    if task is None:
        return
    with about(task):
        fault = await fault_of(say(task))
        if fault is None:
            return
        logger.warning("the thread could not be brought up to date: %s", fault)
        if isinstance(fault, Stop):
            await _left(task, fault, store)
        else:
            await say_again(store.connection, task_id, datetime.now(UTC) + SAY_AGAIN)


async def _left(task: Task, refusal: Stop, store: Store) -> None:
    """A channel may work again and a token be renewed; anything else waits for the task's next change."""
    now = datetime.now(UTC)
    if isinstance(refusal, Unreachable) and now - task.updated_at < KEEP_ASKING:
        await say_again(store.connection, task.id, now + ASK_AGAIN)
    elif isinstance(refusal, TokenRefused):
        await say_again(store.connection, task.id, now + SAY_AGAIN)
    else:
        await said(store.connection, task)
