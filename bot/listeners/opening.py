"""Opening the form: a loading view within the trigger's three seconds, then the form or a refusal."""

import logging
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, drafting, payload, say
from bot.door import Door
from bot.payload import Payload, error_code
from bot.views import spec as form
from bot.views.blocks import Block
from bot.views.steps import Step
from jobs.domain.base_model import Frozen
from jobs.domain.people import Person

_log = logging.getLogger(__name__)


class Filling(Frozen):
    """What a form begins with, or why there is none."""

    answers: dict[str, str] = {}  # noqa: RUF012  # pydantic copies defaults
    """Field → text."""
    task: str = ""
    """Id of the task whose spec it is; empty for a new one."""
    source: str = ""
    """Where it came from; empty when it was typed."""
    refusal: str = ""
    """A sentence in mrkdwn; empty when there is a form."""


Fill = Callable[[], Awaitable[Filling]]
"""Finds out what the form begins with, while the loading view is shown."""


async def open_form(request: Payload, *, client: AsyncWebClient, door: Door, fill: Fill) -> str | None:
    """Open the form, or return the sentence that refuses it where no view is needed to find out."""
    person, channel = payload.person(request), payload.channel(request) or ""
    allowed = access.may_open(door.operator, channel=channel, person=person)
    if not allowed.granted:
        return say.refusal(allowed, door.operator, channel=channel, person=person)
    try:
        opened = await client.views_open(trigger_id=request["trigger_id"], view=form.loading_view())
    except SlackApiError as error:
        if error_code(error) != "exchanged_trigger_id":
            raise
        _log.info("a repeated command was left out: its form is open")
        return None
    shown: dict[str, str] = opened.get("view") or {}
    view = form.notice_view(form.failed_text())
    try:
        view = await _form_or_refusal(person, channel, door=door, fill=fill)
    finally:
        await replaced(client, shown, view)
    return None


async def _form_or_refusal(person: Person, channel: str, *, door: Door, fill: Fill) -> Block:
    allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted:
        return form.notice_view(say.refusal(allowed, door.operator, channel=channel, person=person))
    found = await fill()
    if found.refusal:
        return form.notice_view(found.refusal)
    default = access.usable(door.operator, channel=channel, person=person)[0]
    answers = {"repository": form.repository_reference(default)} | found.answers
    draft = await drafting.begin(
        door, person=person, channel=channel, answers=answers, task=found.task, source=found.source
    )
    return await drafting.shown(draft, Step.INTENT, door)


async def replaced(client: AsyncWebClient, shown: Payload, view: Block) -> None:
    """Put a view in the place of one that is open; one that was closed or changed meanwhile stays so."""
    try:
        await client.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
    except SlackApiError as error:
        if error_code(error) not in ("not_found", "view_not_found", "hash_conflict"):
            raise
        _log.info("the person closed the form before it was ready")
