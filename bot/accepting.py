"""From an accepted form to a task that waits for a worker, and its head message, posted once."""

import asyncio
import logging

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import say
from bot.door import Door
from bot.drafting import Filled
from bot.payload import error_code
from jobs import messages
from jobs.domain.people import Person
from jobs.domain.task import Task, Thread, task_id

EVENT_TYPE = "codegen_message"
"""Metadata type by which a worker finds our messages again."""

POSTED_WITHIN = 12.0
"""Seconds until the head message is left to a worker, which looks for it before it posts."""

_log = logging.getLogger(__name__)


def proposed(filled: Filled, *, origin: str, person: Person, thread: Thread, door: Door) -> Task:
    """The task that a form stands for: the same origin gives the same task."""
    now, spec = door.now(), filled.spec
    plan = door.operator.plan_for(filled.running.plan, repository=spec.repository, channel=thread.channel)
    cap = door.operator.cap_for(spec.repository)
    return Task(
        id=task_id(origin),
        origin=origin,
        spec=spec,
        requester=person,
        thread=thread,
        plan=plan,
        gaps=filled.gaps,
        cap=cap.model_copy(update={"usd": filled.running.usd}) if filled.running.usd else cap,
        reviewers=filled.running.reviewers,
        starter=filled.starter,
        created_at=now,
        updated_at=now,
    )


async def announce(task: Task, *, client: AsyncWebClient, door: Door) -> None:
    """Post the head message and remember where it stands; the requester hears of it when Slack refuses.

    When the answer is lost the worker looks the message up by its key, so that none is posted twice.
    """
    message = messages.head(task)
    try:
        async with asyncio.timeout(POSTED_WITHIN), door.tasks.posting(message):
            posted = await door.poster.chat_postMessage(
                channel=message.channel,
                text=message.text,
                blocks=list(message.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": message.key}},
                unfurl_links=False,
                unfurl_media=False,
            )
            await _remember(task, Thread(channel=message.channel, ts=str(posted["ts"])), door)
    except SlackApiError as error:
        if error.response.status_code < 500:
            await _tell_requester(task, error_code(error), client, door)
        return
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        _log.warning("%s: the head message's answer was lost: %s", task.id, type(error).__name__)


async def _remember(task: Task, head: Thread, door: Door) -> None:
    """Keep where the message stands; one that a worker posted meanwhile stays, and ours goes."""

    def placed(now: Task) -> Task:
        known = now.thread is not None and now.thread.ts is not None
        return now if known else now.note(thread=head)

    kept = (await door.tasks.change(task.id, placed)).thread
    if kept is not None and kept.ts not in (None, head.ts):
        _log.warning("%s: a worker has posted the head message already", task.id)
        await door.poster.chat_delete(channel=head.channel, ts=head.ts or "")


async def _tell_requester(task: Task, problem: str, client: AsyncWebClient, door: Door) -> None:
    channel = task.thread.channel if task.thread else ""
    text = say.answer("head_not_posted", task=task.id, channel=channel, problem=problem)
    try:
        await door.tasks.seen(messages.astray_key(task))  # a worker that finds the same need not say it again
        await say.directly(text, person=task.requester.id, client=client)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        _log.warning("%s: the requester could not be told: %s", task.id, type(error).__name__)
