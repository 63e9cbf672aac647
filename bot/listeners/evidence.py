"""Buttons under a summary: the evidence page by page, the change as a file, and whether it was useful."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, acts, payload, say
from bot.door import Door, promptly
from bot.listeners.opening import replaced
from bot.payload import Payload
from bot.views import evidence as shown
from bot.views.blocks import Block
from jobs.domain.action import ActKind
from jobs.domain.people import Person


async def show_evidence(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Evidence was clicked: a loading view at once, then its first page."""
    await ack()
    task, run = _clicked(body)
    opened = await client.views_open(trigger_id=body["trigger_id"], view=shown.loading())
    place = shown.Place(task=task, run=run, channel=payload.channel(body) or "")
    await _show(opened["view"], place, person=payload.person(body), client=client, door=door)


async def turn_page(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Back or Next was clicked in it; of two clicks at once the first counts."""
    await ack()
    page = str(body["actions"][0].get("value") or "")
    place = shown.place_of(body["view"])
    place = place.model_copy(update={"page": int(page) if page.isdigit() else 1})
    await _show(body["view"], place, person=payload.person(body), client=client, door=door)


async def hand_over_diff(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Diff was clicked: a worker puts the file into the thread, or the person is told where it is."""
    await ack()
    click = _click(body, ActKind.DIFF)
    task, text = await acts.permitted(click, channel=payload.channel(body) or "", door=door)
    there = task.handed_over if task else None
    if task and task.run and there and there.run == task.run.id:
        text = say.answer("diff_there", task=task.id, url=there.url)
    elif task:
        fresh = await door.line.act(acts.act_of(click, task, door))
        text = say.answer("diff", task=task.id) if fresh else ""
    await say.quietly(text or None, body=body, context=context)


async def found_useful(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Useful was clicked."""
    await ack()
    await _vote(body, context, door, useful=True)


async def found_useless(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Not useful was clicked."""
    await ack()
    await _vote(body, context, door, useful=False)


async def _show(
    opened: Payload, place: shown.Place, *, person: Person, client: AsyncWebClient, door: Door
) -> None:
    view = shown.failed()
    try:
        view = await _page(place, person=person, door=door)
    finally:
        await replaced(client, opened, view)


async def _page(place: shown.Place, *, person: Person, door: Door) -> Block:
    task = await promptly(door.tasks.get(place.task))
    if task is None or not access.may_see(door.operator, task=task, channel=place.channel, person=person):
        return shown.notice(say.answer("unknown_task", task=place.task))
    allowed = access.may_read(door.operator, task=task, channel=place.channel)
    if allowed.granted:
        allowed = await door.directory.admits(person=person.id, channel=place.channel)
    if not allowed.granted:
        return shown.notice(
            say.refusal(allowed, door.operator, channel=place.channel, person=person, task=task)
        )
    return shown.evidence_view(task, place)


async def _vote(body: Payload, context: AsyncBoltContext, door: Door, *, useful: bool) -> None:
    click = _click(body, ActKind.VOTE)
    click = click.model_copy(update={"payload": {**click.payload, "useful": useful}})
    text = await acts.put(click, channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)


def _click(body: Payload, kind: ActKind) -> acts.Click:
    task, run = _clicked(body)
    person = payload.person(body)
    where = f"{body['actions'][0]['action_ts']}-{person.id}"
    return acts.Click(id=where, task=task, kind=kind, person=person, payload={"run": run})


def _clicked(body: Payload) -> tuple[str, int]:
    """The task and the number of the run that a button belongs to."""
    task, _, run = str(body["actions"][0].get("value") or "").partition(":")
    return task, int(run) if run.isdigit() else 0
