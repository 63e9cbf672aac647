"""`/codegen batch`: a document, the table of what the gate says, one approval for all or none."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, batching, drafting, payload, say
from bot.door import Door, promptly
from bot.payload import Payload
from bot.views import batch as form
from bot.views.spec import expired_text, notice_view
from jobs.domain.draft import Draft
from jobs.domain.people import Person
from jobs.errors import Refused
from jobs.specify.accepted import Request, accepted_batch
from jobs.specify.batch_file import BatchFile, take_in


async def open_batch(request: Payload, *, client: AsyncWebClient, door: Door) -> str | None:
    """Open the form, or return the sentence that refuses it."""
    person, channel = payload.person(request), payload.channel(request) or ""
    allowed = access.may_open(door.operator, channel=channel, person=person)
    if not allowed.granted:
        return say.refusal(allowed, door.operator, channel=channel, person=person)
    draft = await drafting.begin(door, person=person, channel=channel)
    place = form.Place(channel=channel, draft=draft.id)
    await client.views_open(trigger_id=request["trigger_id"], view=form.batch_view(place))
    return None


async def submit_batch(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Take the document: problems go back under it, else the table is shown above the form."""
    view, person = body["view"], payload.person(body)
    place = form.place_of(view)
    try:
        document = await batching.document_of(view, client)
        batch = _batch(document, place.channel, person, door)
    except Refused as refused:
        await ack(response_action="errors", errors=form.errors(refused.problems))
        return
    refusal = await _refusal(batch, place.channel, person=person, door=door)
    if refusal:
        await ack(response_action="push", view=notice_view(refusal))
        return
    draft = Draft(id=place.draft, person=person.id, channel=place.channel, answers={"document": document})
    await promptly(door.tasks.keep_draft(draft))
    await ack(response_action="push", view=form.approval_view(place, take_in(batch)))


async def approve_batch(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Create all tasks or none; the worker writes the batch's message."""
    person, place = payload.person(body), form.place_of(body["view"])
    draft = await promptly(door.tasks.draft(place.draft))
    if draft is None or draft.person != person.id:
        await ack(response_action="push", view=notice_view(expired_text()))
        return
    batch = _batch(draft.answers["document"], place.channel, person, door)
    refusal = await _refusal(batch, place.channel, person=person, door=door)
    if refusal or take_in(batch).blocked:
        await ack(response_action="push", view=notice_view(refusal or expired_text()))
        return
    request = Request(person=person, channel=place.channel, source=payload.team(body), at=door.now())
    created, fresh = await promptly(door.line.batch(*accepted_batch(batch, request, door.operator)))
    if fresh:
        await ack(response_action="clear")
    else:
        await ack(response_action="push", view=notice_view(say.answer("batch_before", task=created.id)))


def _batch(document: str, channel: str, person: Person, door: Door) -> BatchFile:
    default = access.usable(door.operator, channel=channel, person=person)[0]
    return batching.batch_of(document, default)


async def _refusal(batch: BatchFile, channel: str, *, person: Person, door: Door) -> str:
    for path in dict.fromkeys(one.spec.repository for one in batch.tasks):
        allowed = access.may_ask(door.operator, repository=path, channel=channel, person=person)
        if not allowed.granted:
            return say.refusal(allowed, door.operator, channel=channel, person=person, repository=path)
    allowed = await door.directory.admits(person=person.id, channel=channel)
    return "" if allowed.granted else say.refusal(allowed, door.operator, channel=channel, person=person)
