"""From an accepted form to a task that waits for a worker, and its head message, posted once."""

import logging

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import say
from bot.door import Door
from bot.payload import error_code
from jobs import messages
from jobs.domain.people import Person
from jobs.domain.plan import Plan
from jobs.domain.spec import Gap, Spec
from jobs.domain.task import Task, TaskState, Thread, task_id
from jobs.domain.wait import first_wait

EVENT_TYPE = "codegen_message"
"""Metadata type by which a worker finds our messages again."""

_log = logging.getLogger(__name__)


def proposed(
    spec: Spec, gaps: tuple[Gap, ...], *, origin: str, person: Person, thread: Thread, door: Door
) -> Task:
    """The task that a form stands for: the same origin gives the same task."""
    now = door.now()
    plan = door.operator.plan_for(Plan(), repository=spec.repository, channel=thread.channel)
    waiting, waits = first_wait(plan, door.operator.backlog.windows, now)
    return Task(
        id=task_id(origin),
        origin=origin,
        spec=spec,
        requester=person,
        thread=thread,
        plan=plan,
        gaps=gaps,
        cap=door.operator.cap_for(spec.repository),
        created_at=now,
        updated_at=now,
    ).to(TaskState.WAITING, waiting=waiting, waits=waits)


async def announce(task: Task, *, client: AsyncWebClient, door: Door) -> None:
    """Post the head message and remember where it stands; the requester hears of it when Slack refuses.

    When the answer is lost the worker looks the message up by its key, so that none is posted twice.
    """
    message = messages.head(task)
    try:
        posted = await door.poster.chat_postMessage(
            channel=message.channel,
            text=message.text,
            blocks=list(message.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": message.key}},
            unfurl_links=False,
            unfurl_media=False,
        )
    except SlackApiError as error:
        if error.response.status_code < 500:
            await _tell_requester(task, error_code(error), client)
        return
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        _log.warning("%s: the head message's answer was lost: %s", task.id, type(error).__name__)
        return
    head = Thread(channel=message.channel, ts=str(posted["ts"]))
    await door.tasks.change(task.id, lambda now: now.note(thread=head))


async def _tell_requester(task: Task, problem: str, client: AsyncWebClient) -> None:
    channel = task.thread.channel if task.thread else ""
    text = say.answer("head_not_posted", task=task.id, channel=channel, problem=problem)
    try:
        await client.chat_postMessage(channel=task.requester.id, text=text)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        _log.warning("%s: the requester could not be told: %s", task.id, type(error).__name__)
