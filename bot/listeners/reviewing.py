"""Buttons under a task in review: what is wrong is asked for in a modal, the rest is an act at once."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, acts, payload, say
from bot.door import Door
from bot.payload import Payload
from bot.views import changes as form
from jobs.domain.action import ActKind

_MENU = {one.value: one for one in (ActKind.REBASE, ActKind.CLOSE)}


async def request_changes(
    ack: AsyncAck, body: Payload, client: AsyncWebClient, context: AsyncBoltContext, door: Door
) -> None:
    """Request changes was clicked: ask what is wrong, or say why nobody is asked."""
    await ack()
    person, channel = payload.person(body), payload.channel(body) or ""
    named = str(body["actions"][0].get("value") or "")
    task = await door.tasks.get(named)
    if task is None or not access.may_see(door.operator, task=task, channel=channel, person=person):
        await say.quietly(say.answer("unknown_task", task=named), body=body, context=context)
        return
    allowed = access.may_act(door.operator, task=task, person=person)
    if allowed.granted:
        allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted:
        text = say.refusal(allowed, door.operator, channel=channel, person=person, task=task)
        await say.quietly(text, body=body, context=context)
        return
    await client.views_open(trigger_id=body["trigger_id"], view=form.changes_view(task, channel=channel))


async def submit_changes(
    ack: AsyncAck, body: Payload, context: AsyncBoltContext, client: AsyncWebClient, door: Door
) -> None:
    """What is wrong was sent: an act for a worker, or the sentence that says why not."""
    view, person = body["view"], payload.person(body)
    wanted = form.read_changes(view)
    if not wanted.text:
        await ack(response_action="errors", errors={form.TEXT: form.missing_text()})
        return
    await ack()
    click = acts.Click(
        id=f"{view['id']}-{person.id}",
        task=wanted.task,
        kind=ActKind.REQUEST_CHANGES,
        person=person,
        payload={"text": wanted.text, "criteria": list(wanted.criteria)},
    )
    text = await acts.put(click, channel=wanted.channel, door=door)
    if text is not None:
        await say.privately(text, channel=wanted.channel, person=person.id, client=client)


async def merge_when_approved(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Merge when approved was clicked."""
    await ack()
    task = str(body["actions"][0].get("value") or "")
    await _put(ActKind.MERGE, task, body=body, context=context, door=door)


async def choose_more(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Something in the menu was chosen."""
    await ack()
    chosen = str((body["actions"][0].get("selected_option") or {}).get("value") or "")
    kind, _, task = chosen.partition(":")
    if kind in _MENU:
        await _put(_MENU[kind], task, body=body, context=context, door=door)


async def _put(kind: ActKind, task: str, *, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    person = payload.person(body)
    click = acts.Click(
        id=f"{body['actions'][0]['action_ts']}-{person.id}", task=task, kind=kind, person=person
    )
    text = await acts.put(click, channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)
