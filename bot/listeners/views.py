"""The submitted form becomes a task: read, weighed, saved first, then said in the channel."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import accepting, access, payload, say
from bot.door import Door, promptly
from bot.payload import Payload
from bot.views import spec as form
from jobs.domain.people import Access, Person
from jobs.domain.spec import Gap, Spec
from jobs.domain.task import TaskState, Thread
from jobs.errors import Refused
from jobs.specify.gate import blocking, gaps_of


async def submit_spec(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Take the form: problems go back into it, otherwise the task is saved before the form closes."""
    view, person = body["view"], payload.person(body)
    channel = form.origin_of(view).channel
    try:
        spec, gaps = _weighed(view, door)
    except Refused as refused:
        await ack(response_action="errors", errors=form.errors(refused.problems, view))
        return
    allowed = await _allowed(spec, channel=channel, person=person, door=door)
    if not allowed.granted:
        why = say.refusal(allowed, door.operator, channel=channel, person=person, repository=spec.repository)
        await ack(response_action="push", view=form.notice_view(why))
        return
    origin, thread = f"{payload.team(body)}/{view['id']}", Thread(channel=channel)
    wanted = accepting.proposed(spec, gaps, origin=origin, person=person, thread=thread, door=door)
    task, fresh = await promptly(door.tasks.create(wanted))
    if task.spec != spec:
        await ack(response_action="push", view=form.notice_view(say.answer("queued_before", task=task.id)))
        return
    await ack()
    if fresh:
        await accepting.announce(task, client=client, door=door)
    if task.state is TaskState.WAITING:
        await door.line.submit(task.id)


def _weighed(view: Payload, door: Door) -> tuple[Spec, tuple[Gap, ...]]:
    spec, problems = form.parsed(form.answers(view), repositories=door.operator.repositories)
    gaps = gaps_of(spec) if spec else ()
    problems = blocking(gaps) | problems
    if spec is None or problems:
        raise Refused(problems)
    return spec, gaps


async def _allowed(spec: Spec, *, channel: str, person: Person, door: Door) -> Access:
    allowed = access.may_ask(door.operator, repository=spec.repository, channel=channel, person=person)
    return await door.directory.admits(person=person.id, channel=channel) if allowed.granted else allowed
