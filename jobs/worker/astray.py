"""Telling whoever asked, alone, what their channel does not take; once each."""

import logging

from jobs import messages
from jobs.domain.batch import Batch
from jobs.domain.task import Task
from jobs.errors import Stop, Transient, Unreachable
from jobs.ports import Messenger
from jobs.queue import board
from jobs.queue.store import Store
from jobs.render import render

logger = logging.getLogger(__name__)


async def tell_requester(task: Task, why: Unreachable, *, store: Store, messenger: Messenger) -> None:
    """Say where the task is: when the channel is found silent, and at each end of a run."""
    if not await board.seen(store.connection, messages.astray_key(task)):
        await _told(task.requester.id, messages.astray(task, str(why)), messenger)


async def tell_submitter(batch: Batch, why: Unreachable, *, store: Store, messenger: Messenger) -> None:
    """Say once that the batch's table cannot be shown."""
    if not await board.seen(store.connection, f"astray:{batch.id}"):
        text = render("thread/astray_batch.mrkdwn.j2", title=batch.title, channel=batch.channel, why=str(why))
        await _told(batch.requester.id, text, messenger)


async def _told(person: str, text: str, messenger: Messenger) -> None:
    try:
        await messenger.tell(person, text)
    except (Stop, Transient) as silent:
        logger.warning("%s could not be told: %s", person, silent)
