"""Buttons of the thread: each click is an act for a worker, or a sentence that says why not."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot import access, acts, payload, say
from bot.door import Door, promptly
from bot.listeners.opening import Filling, open_form
from bot.payload import Payload
from bot.views.answers import answers_of_task
from bot.views.versions import versions_view
from jobs.domain.action import ActKind


async def cancel_task(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Cancel was clicked and confirmed."""
    await ack()
    text = await acts.put(_click(body, ActKind.CANCEL), channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)


async def retry_task(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Retry was clicked."""
    await ack()
    text = await acts.put(_click(body, ActKind.RETRY), channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)


async def queue_task(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Queue was clicked: the gaps stay on record."""
    await ack()
    text = await acts.put(_click(body, ActKind.QUEUE), channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)


async def mend_spec(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Mend or Edit was clicked: the form opens with what the task says now."""
    await ack()
    click, channel = _click(body, ActKind.EDIT), payload.channel(body) or ""

    async def filled() -> Filling:
        task, refusal = await acts.permitted(click, channel=channel, door=door)
        return Filling(answers=answers_of_task(task), task=task.id) if task else Filling(refusal=refusal)

    text = await open_form(body, client=context.client, door=door, fill=filled)
    await say.quietly(text, body=body, context=context)


async def allow_change(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Allow was clicked under the question that holds a run up."""
    await ack()
    await _decided(body, context, door, allow=True)


async def refuse_change(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Refuse was clicked there."""
    await ack()
    await _decided(body, context, door, allow=False)


async def confirm_criterion(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Confirm was clicked beside a criterion that a person has to look at."""
    await ack()
    click = _click(body, ActKind.CONFIRM)
    run, _, criterion = _rest(body).partition(":")
    carried = {"criterion": criterion, "run": int(run) if run.isdigit() else 0}
    click = click.model_copy(update={"payload": carried})
    text = await acts.put(click, channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)


async def compare_versions(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Compare was clicked: what was asked and what came of it, side by side."""
    await ack()
    channel, person = payload.channel(body) or "", payload.person(body)
    named = str(body["actions"][0].get("value") or "")
    task = await promptly(door.tasks.get(named))
    if (
        task is None
        or not task.versions
        or not access.may_see(door.operator, task=task, channel=channel, person=person)
    ):
        await say.quietly(say.answer("unknown_task", task=named), body=body, context=context)
        return
    allowed = access.may_read(door.operator, task=task, channel=channel)
    if allowed.granted:
        allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted:
        text = say.refusal(allowed, door.operator, channel=channel, person=person, task=task)
        await say.quietly(text, body=body, context=context)
        return
    await context.client.views_open(trigger_id=body["trigger_id"], view=versions_view(task))


async def open_merge_request(ack: AsyncAck, body: Payload, door: Door) -> None:
    """The link to the merge request was followed: nothing to answer, only to record."""
    await ack()
    click = _click(body, ActKind.OPEN_MR)
    task = await door.tasks.get(click.task)
    if task:
        await door.line.act(acts.act_of(click, task, door))


def _click(body: Payload, kind: ActKind) -> acts.Click:
    action, person = body["actions"][0], payload.person(body)
    task = (action.get("value") or "").partition(":")[0]
    return acts.Click(id=f"{action['action_ts']}-{person.id}", task=task, kind=kind, person=person)


def _rest(body: Payload) -> str:
    """What a button's value says besides the task."""
    return str(body["actions"][0].get("value") or "").partition(":")[2]


async def _decided(body: Payload, context: AsyncBoltContext, door: Door, *, allow: bool) -> None:
    click = _click(body, ActKind.CONSENT)
    click = click.model_copy(update={"payload": {"hold": _rest(body), "allow": allow}})
    text = await acts.put(click, channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)
