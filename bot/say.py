"""Sentences for one person: words from templates/thread/, the way to them from the request."""

import logging
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import payload
from bot.payload import Payload, error_code
from bot.views import fit
from jobs.domain.people import Access, Person, is_group
from jobs.domain.task import Task
from jobs.messages import state_line
from jobs.messages.blocks import one_line
from jobs.render import Mrkdwn, render
from jobs.settings import OperatorFile

_ASTRAY = frozenset(
    {"user_not_in_channel", "channel_not_found", "not_in_channel", "is_archived", "thread_not_found"}
    | {"restricted_action", "channel_is_limited_access", "message_not_found"}
)
"""Why Slack shows nobody a message for one person."""

_log = logging.getLogger(__name__)

SHOWN = 10
"""Most tasks in one answer."""
STATE = 300
"""Most characters of where one of them is."""


def help_text() -> str:
    """What can be typed."""
    return render("thread/help.mrkdwn.j2")


def refusal(
    access: Access,
    operator: OperatorFile,
    *,
    channel: str = "",
    person: Person,
    repository: str = "",
    task: Task | None = None,
) -> str:
    """Why something is not allowed, and what would help."""
    return render(
        "thread/refused.mrkdwn.j2",
        reason=access.reason,
        mentions=_called(operator.operators),
        deciders=_called(_deciders(operator, task)) if task else [],
        channel=channel,
        person=person.id,
        repository=one_line(task.spec.repository if task else repository, 200),
        requester=task.requester.id if task else "",
        task=task.id if task else "",
    )


def _deciders(operator: OperatorFile, task: Task) -> tuple[str, ...]:
    """Who besides its requester decides about a task."""
    found = operator.repositories.get(task.spec.repository)
    named = (*(found.maintainers if found else ()), *operator.operators)
    return tuple(one for one in named if one != task.requester.id)


def _called(named: tuple[str, ...]) -> list[str]:
    """Whom to ask: groups first; a handle stands as it is, as only ids can be mentioned."""
    groups = [one for one in named if is_group(one)]
    people = [one for one in named if not is_group(one)]
    asked = [one if one.startswith("@") else f"<!subteam^{one}>" for one in groups]
    return [*asked, *(f"<@{one}>" for one in people)][:3]


def answer(kind: str, **values: str) -> str:
    """A short answer, by its key in answer.mrkdwn.j2."""
    words = {"task": "", "state": "", "verb": "", "channel": "", "problem": ""}
    return render("thread/answer.mrkdwn.j2", kind=kind, **(words | values))


def fault(kind: str, *, reference: str, problem: str = "", form: bool = False, taken: bool = False) -> str:
    """What went wrong on our side, without a traceback; `taken` when a form had been saved before."""
    values = {"kind": kind, "reference": reference, "problem": problem, "form": form, "taken": taken}
    return render("thread/fault.mrkdwn.j2", **values)


def overview(tasks: tuple[Task, ...]) -> str:
    """Tasks with their states, as one message."""
    shown = [
        {
            "id": one.id,
            "title": one_line(one.spec.title, 80),
            "repository": one_line(one.spec.repository, 80),
            "state": Mrkdwn(fit.fit(state_line(one, listed=True), STATE).replace("\n", " ")),
            "url": one.merge_request.url if one.merge_request else "",
        }
        for one in tasks[:SHOWN]
    ]
    return render("thread/tasks.mrkdwn.j2", tasks=shown, more=len(tasks) > SHOWN)


async def quietly(text: str | None, *, body: Payload, context: AsyncBoltContext) -> None:
    """Say something, if there is something to say, that only the person who asked sees, where they asked."""
    if text is None:
        return
    cut = fit.fit(text, fit.MESSAGE)
    if context.respond is not None and body.get("response_url"):
        answer = await context.respond(text=cut, response_type="ephemeral", replace_original=False)
        if answer.status_code == 200:
            return
        _log.info("a response address is used up or expired (%s)", answer.status_code)
    who, where = payload.person(body).id, payload.channel(body)
    if where:
        await privately(text, channel=where, person=who, client=context.client)
    else:
        await directly(text, person=who, client=context.client)


async def privately(text: str, *, channel: str, person: str, client: AsyncWebClient, **more: Any) -> None:
    """Say something that only one person sees, in a channel or, where Slack refuses that, directly."""
    try:
        cut = fit.fit(text, fit.MESSAGE)
        await client.chat_postEphemeral(channel=channel, user=person, text=cut, **more)
    except SlackApiError as error:
        if error_code(error) not in _ASTRAY:
            raise
        _log.info("said directly instead: %s", error_code(error))
        await directly(text, person=person, client=client, **{**more, "thread_ts": None})


async def directly(text: str, *, person: str, client: AsyncWebClient, **more: Any) -> None:
    """Say something to one person in a direct message."""
    opened = await client.conversations_open(users=person)
    await client.chat_postMessage(channel=opened["channel"]["id"], text=fit.fit(text, fit.MESSAGE), **more)
