"""Opening the form: a loading view within the trigger's three seconds, then the form or a refusal."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, drafting, payload, say
from bot.door import Door
from bot.payload import Payload, error_code
from bot.views import spec as form
from bot.views.blocks import Block
from bot.views.steps import Answers, Step
from jobs.domain.people import Person

_log = logging.getLogger(__name__)


async def open_form(request: Payload, *, client: AsyncWebClient, door: Door, answers: Answers) -> str | None:
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
        view = await _form_or_refusal(person, channel, door=door, answers=answers)
    finally:
        await replaced(client, shown, view)
    return None


async def _form_or_refusal(person: Person, channel: str, *, door: Door, answers: Answers) -> Block:
    allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted:
        return form.notice_view(say.refusal(allowed, door.operator, channel=channel, person=person))
    default = access.usable(door.operator, channel=channel, person=person)[0]
    filled = {"repository": form.repository_reference(default)} | dict(answers)
    draft = await drafting.begin(door, person=person, channel=channel, answers=filled)
    return drafting.shown(draft, Step.INTENT, door)


async def replaced(client: AsyncWebClient, shown: Payload, view: Block) -> None:
    """Put a view in the place of one that is open; one that was closed or changed meanwhile stays so."""
    try:
        await client.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
    except SlackApiError as error:
        if error_code(error) not in ("not_found", "view_not_found", "hash_conflict"):
            raise
        _log.info("the person closed the form before it was ready")
