"""The submitted form: a step leads to the next; the last makes a task, saved first, then said."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import accepting, access, acts, drafting, payload, say
from bot.door import Door, promptly
from bot.listeners.opening import replaced
from bot.payload import Payload
from bot.views import spec as form
from bot.views.steps import after, before
from jobs.domain.action import ActKind
from jobs.domain.draft import Draft
from jobs.domain.people import Access, Person
from jobs.domain.task import Thread
from jobs.errors import Refused


async def submit_spec(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Take a step: problems go back into it, otherwise the next one is shown, or the task is saved."""
    view, person = body["view"], payload.person(body)
    origin = form.origin_of(view)
    draft = await drafting.taken(view, person, door)
    if draft is None:
        await ack(response_action="push", view=form.notice_view(form.expired_text()))
        return
    try:
        facts = await drafting.open_tasks(draft, door) if after(origin.step) is None else None
        filled = await drafting.weighed(draft, origin.step, door, facts=facts)
    except Refused as refused:
        await ack(response_action="errors", errors=form.errors(refused.problems, view))
        return
    refusal = await _refusal(draft, person=person, door=door)
    step = after(origin.step)
    if refusal:
        await ack(response_action="push", view=form.notice_view(refusal))
    elif step is not None:
        await ack(response_action="update", view=await drafting.shown(draft, step, door))
    else:
        await _queue(ack, body, draft, filled, client=client, door=door)


async def step_back(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Back was clicked: what stands in this step is kept."""
    await ack()
    await _again(body, client=client, door=door, back=True)


async def choose_when(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """When it runs was chosen: a date appears or goes."""
    await ack()
    await _again(body, client=client, door=door, back=False)


async def choose_template(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """A template was chosen: its lines appear where nothing was written."""
    await ack()
    await _again(body, client=client, door=door, back=False)


async def _again(body: Payload, *, client: AsyncWebClient, door: Door, back: bool) -> None:
    view = body["view"]
    draft = await drafting.taken(view, payload.person(body), door)
    step = form.origin_of(view).step
    shown = form.notice_view(form.expired_text())
    if draft is not None:
        shown = await drafting.shown(draft, before(step) if back else step, door)
    await replaced(client, view, shown)


async def _queue(
    ack: AsyncAck,
    body: Payload,
    draft: Draft,
    filled: drafting.Filled,
    *,
    client: AsyncWebClient,
    door: Door,
) -> None:
    """Save the task before the form closes, then say it; an edit is an act for a worker."""
    if draft.task:
        await _edit(ack, body, draft, filled, door=door)
        return
    person, thread = payload.person(body), Thread(channel=draft.channel)
    origin = f"{payload.team(body)}/{body['view']['id']}"
    wanted = accepting.proposed(filled, origin=origin, person=person, thread=thread, door=door)
    task, fresh = await promptly(door.tasks.create(wanted))
    if task.spec != filled.spec:
        await ack(response_action="push", view=form.notice_view(say.answer("queued_before", task=task.id)))
        return
    await ack()
    if fresh:
        await accepting.announce(task, client=client, door=door)
    await door.line.submit(task.id)


async def _edit(ack: AsyncAck, body: Payload, draft: Draft, filled: drafting.Filled, *, door: Door) -> None:
    running = filled.running
    edit = {
        "spec": filled.spec.model_dump(mode="json"),
        "plan": running.plan.model_dump(mode="json"),
        "usd": str(running.usd) if running.usd else None,
        "reviewers": list(running.reviewers),
        "starter": filled.starter,
    }
    click = acts.Click(
        id=f"edit-{body['view']['id']}",
        task=draft.task,
        kind=ActKind.EDIT,
        person=payload.person(body),
        payload=edit,
    )
    task, refusal = await acts.permitted(click, channel=draft.channel, door=door)
    if task is None:
        await ack(response_action="push", view=form.notice_view(refusal))
        return
    if task.spec.repository != filled.spec.repository:
        await ack(response_action="push", view=form.notice_view(say.answer("other_repository", task=task.id)))
        return
    await door.line.act(acts.act_of(click, task, door))
    await ack()


async def _refusal(draft: Draft, *, person: Person, door: Door) -> str:
    repository = drafting.repository_of(draft.answers, door)
    allowed = await _allowed(repository, channel=draft.channel, person=person, door=door)
    if allowed.granted:
        return ""
    return say.refusal(allowed, door.operator, channel=draft.channel, person=person, repository=repository)


async def _allowed(repository: str, *, channel: str, person: Person, door: Door) -> Access:
    allowed = access.may_ask(door.operator, repository=repository, channel=channel, person=person)
    return await door.directory.admits(person=person.id, channel=channel) if allowed.granted else allowed
