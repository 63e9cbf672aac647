"""Bringing the one message of each batch up to date, and its digest when all is over."""

import logging

from jobs import messages
from jobs.domain.task import TaskState
from jobs.errors import Stop, TokenRefused, Transient, Unreachable
from jobs.ports import Messenger
from jobs.queue import batches
from jobs.queue.store import Store
from jobs.stages.thread import scrubbed
from jobs.worker.astray import tell_submitter

logger = logging.getLogger(__name__)

PAUSE_MS = 3000
"""Milliseconds between two updates of one batch's message: all news in between are one update."""

UNDER_WAY = frozenset({TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING})
"""States of a task that still has to end."""


async def tell_batches(store: Store, messenger: Messenger) -> None:
    """Say what is new of every batch; one that cannot be said now is said later."""
    for batch_id, score in await batches.unsaid(store.connection):
        turn = ("SET", f"{batches.key(batch_id)}:turn", "1", "NX", "PX", PAUSE_MS)
        if await store.connection.call(*turn) is None:
            continue
        try:
            await _tell(batch_id, store, messenger)
        except Transient as passing:
            logger.warning("the message of batch %s waits: %s", batch_id, passing)
            continue
        except TokenRefused as refused:
            logger.warning("the message of batch %s waits: %s", batch_id, refused)
            continue
        except Unreachable as silent:
            logger.warning("the message of batch %s cannot be brought up to date: %s", batch_id, silent)
            batch = await batches.get(store.connection, batch_id)
            if batch is not None:
                await tell_submitter(batch, silent, store=store, messenger=messenger)
        except Stop as stop:
            logger.warning("the message of batch %s cannot be brought up to date: %s", batch_id, stop)
        await batches.said(store.connection, batch_id, score)


async def _tell(batch_id: str, store: Store, messenger: Messenger) -> None:
    batch = await batches.get(store.connection, batch_id)
    if batch is None or batch.channel is None:
        return
    tasks = await batches.tasks_of(store, batch)
    ts = await messenger.put(scrubbed(messages.batch_head(batch, tasks)), ts=batch.ts)
    if ts != batch.ts:
        await batches.posted(store.connection, batch_id, ts)
    if all(one.state not in UNDER_WAY for one in tasks):
        digest = messages.batch_digest(batch.model_copy(update={"ts": ts}), tasks)
        await messenger.put(scrubbed(digest))
