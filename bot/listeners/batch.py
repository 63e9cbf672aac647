"""`/codegen batch`: a document, the table of what the gate says, one approval for all or none."""

import asyncio
import logging
import secrets

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, batching, drafting, payload, say
from bot.door import Door, promptly
from bot.fetching import divided, looked_over
from bot.listeners.opening import replaced
from bot.payload import Payload, error_code
from bot.views import batch as form
from bot.views.blocks import Block
from bot.views.spec import expired_text, failed_text, loading_view, notice_view
from jobs.domain.draft import Draft
from jobs.domain.people import Access, Person
from jobs.errors import Refused
from jobs.render import mrkdwn
from jobs.specify.accepted import Request, accepted_batch
from jobs.specify.batch_file import BatchFile, Intake, read_batch, take_in

PAUSES = (0.0, 0.5, 1.0)
"""Seconds before each try to replace a view that Slack was only just told to show."""
_log = logging.getLogger(__name__)


async def open_batch(request: Payload, *, client: AsyncWebClient, door: Door) -> str | None:
    """Open the form, or return the sentence that refuses it."""
    person, channel = payload.person(request), payload.channel(request) or ""
    allowed = access.may_open(door.operator, channel=channel, person=person)
    if not allowed.granted:
        return say.refusal(allowed, door.operator, channel=channel, person=person)
    opened = await client.views_open(trigger_id=request["trigger_id"], view=loading_view())
    shown: Payload = opened.get("view") or {}
    view = notice_view(failed_text())
    try:
        allowed = await door.directory.admits(person=person.id, channel=channel)
        view = notice_view(say.refusal(allowed, door.operator, channel=channel, person=person))
        if allowed.granted:
            draft = await drafting.begin(door, person=person, channel=channel)
            view = form.batch_view(form.Place(channel=channel, draft=draft.id))
    finally:
        await replaced(client, shown, view)
    return None


async def open_split(task_id: str, request: Payload, *, client: AsyncWebClient, door: Door) -> str | None:
    """Divide a task's spec: a loading view, then the parts to be looked through, or why there are none."""
    person, channel = payload.person(request), payload.channel(request) or ""
    task = await promptly(door.tasks.get(task_id))
    if task is None or not access.may_see(door.operator, task=task, channel=channel, person=person):
        return say.answer("unknown_task", task=task_id)
    allowed = await _permitted(task.spec.repository, channel=channel, person=person, door=door)
    if not allowed.granted:
        return say.refusal(
            allowed, door.operator, channel=channel, person=person, repository=task.spec.repository
        )
    opened = await client.views_open(trigger_id=request["trigger_id"], view=notice_view(form.dividing_text()))
    shown: Payload = opened.get("view") or {}
    view = notice_view(failed_text())
    try:
        document, problem = await divided(task.id, task.spec.repository, door=door)
        view = notice_view(problem)
        if document:
            batch = read_batch(document)
            answers = {"batch": batch.model_dump_json()}
            draft = await drafting.begin(door, person=person, channel=channel, answers=answers)
            place = form.Place(channel=channel, draft=draft.id)
            view = form.batch_view(place, document)
            if not form.editable(document):
                view = form.approval_view(place, await looked_over(take_in(batch), door=door))
    finally:
        await replaced(client, shown, view)
    return None


async def submit_batch(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Take the document: problems go back under it, else the table is shown above the form."""
    view, person = body["view"], payload.person(body)
    place = form.place_of(view)
    try:
        refusal, batch = await _read(view, place.channel, person=person, client=client, door=door)
        if batch is not None and not refusal:
            templates = await door.known_templates()
            accepted_batch(batch, _request(body, place.channel, door), door.operator, templates=templates)
    except Refused as refused:
        await ack(response_action="errors", errors=form.errors(refused.problems))
        return
    if batch is None or refusal:
        await ack(response_action="push", view=notice_view(refusal))
        return
    # as it was read: what is approved is what was shown, whatever a template says by then
    answers = {"batch": batch.model_dump_json()}
    draft = Draft(id=place.draft, person=person.id, channel=place.channel, answers=answers)
    await promptly(door.tasks.keep_draft(draft))
    await _table(ack, place, take_in(batch), client=client, door=door)


async def _table(
    ack: AsyncAck, place: form.Place, intake: Intake, *, client: AsyncWebClient, door: Door
) -> None:
    """Show what the rules say at once, and what a worker knows as soon as it answers."""
    if intake.blocked or not await promptly(door.tasks.workers()):
        await ack(response_action="push", view=form.approval_view(place, intake))
        return
    asked = secrets.token_hex(12)
    await ack(response_action="push", view=form.approval_view(place, intake, asked=asked))
    known = intake
    try:
        known = await looked_over(intake, door=door)
    finally:
        await _shown(client, asked, form.approval_view(place, known))


async def _shown(client: AsyncWebClient, asked: str, view: Block) -> None:
    """Put the view in the place of the one that says a worker is asked; Slack may not show that one yet."""
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            await client.views_update(external_id=asked, view=view)
        except SlackApiError as error:
            if error_code(error) not in ("not_found", "view_not_found"):
                raise
        else:
            return
    _log.info("the person closed the table before it was ready")


async def approve_batch(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Create all tasks or none; the worker writes the batch's message."""
    person, place = payload.person(body), form.place_of(body["view"])
    draft = await promptly(door.tasks.draft(place.draft))
    if draft is None or draft.person != person.id or "batch" not in draft.answers:
        await ack(response_action="push", view=notice_view(expired_text()))
        return
    batch = form.ticked(BatchFile.model_validate_json(draft.answers["batch"]), body["view"])
    if not batch.tasks:
        await ack(response_action="errors", errors=form.unticked())
        return
    refusal = await _refusal(batch, place.channel, person=person, door=door)
    if refusal or take_in(batch).blocked:
        await ack(response_action="push", view=notice_view(refusal or expired_text()))
        return
    request = _request(body, place.channel, door)
    templates = await door.known_templates()
    try:
        accepted = accepted_batch(batch, request, door.operator, templates=templates)
    except Refused as refused:  # codegen.toml says something else by now
        await ack(response_action="push", view=notice_view(mrkdwn(str(refused))))
        return
    created, fresh = await promptly(door.line.batch(*accepted))
    if fresh:
        await ack(response_action="clear")
    else:
        await ack(response_action="push", view=notice_view(say.answer("batch_before", task=created.id)))


def _request(body: Payload, channel: str, door: Door) -> Request:
    return Request(person=payload.person(body), channel=channel, source=payload.team(body), at=door.now())


async def _read(
    view: Payload, channel: str, *, person: Person, client: AsyncWebClient, door: Door
) -> tuple[str, BatchFile | None]:
    """Why nothing may be asked for here, else the batch; raises Refused for what is no batch."""
    allowed = access.may_open(door.operator, channel=channel, person=person)
    if not allowed.granted:
        return say.refusal(allowed, door.operator, channel=channel, person=person), None
    default = access.usable(door.operator, channel=channel, person=person)[0]
    document = await batching.document_of(view, client)
    batch = batching.batch_of(document, default, await door.known_templates())
    return await _refusal(batch, channel, person=person, door=door), batch


async def _permitted(repository: str, *, channel: str, person: Person, door: Door) -> Access:
    allowed = access.may_ask(door.operator, repository=repository, channel=channel, person=person)
    return await door.directory.admits(person=person.id, channel=channel) if allowed.granted else allowed


async def _refusal(batch: BatchFile, channel: str, *, person: Person, door: Door) -> str:
    for path in dict.fromkeys(one.spec.repository for one in batch.tasks):
        allowed = access.may_ask(door.operator, repository=path, channel=channel, person=person)
        if not allowed.granted:
            return say.refusal(allowed, door.operator, channel=channel, person=person, repository=path)
    allowed = await door.directory.admits(person=person.id, channel=channel)
    return "" if allowed.granted else say.refusal(allowed, door.operator, channel=channel, person=person)
