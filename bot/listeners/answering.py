"""Buttons under a question that a run did not wait for: an answer is an act for a worker."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import acts, payload, say
from bot.door import Door, promptly
from bot.payload import Payload
from bot.views import answer as form
from jobs.domain.action import ActKind
from jobs.domain.answers import asked
from jobs.domain.question import Question


async def choose_answer(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """One of the options was chosen."""
    await ack()
    action, channel = body["actions"][0], payload.channel(body) or ""
    task, run, question_id, number = f"{action.get('value') or ''}:::".split(":")[:4]
    question = await _question(task, run, question_id, door)
    options = question.options if question else ()
    text = options[int(number)] if number.isdigit() and int(number) < len(options) else ""
    # without an option there is no such question
    given = form.Given(task=task, channel=channel, run=run, question=question_id if text else "", text=text)
    click = _click(given, body, str(action["action_ts"]))
    await say.quietly(await acts.put(click, channel=channel, door=door), body=body, context=context)


async def answer_otherwise(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Something else was clicked: ask for it, or say why nobody is asked."""
    await ack()
    task, run, question_id = f"{body['actions'][0].get('value') or ''}::".split(":")[:3]
    channel = payload.channel(body) or ""
    given = form.Given(task=task, channel=channel, run=run, question=question_id)
    present, refusal = await promptly(acts.permitted(_click(given, body, ""), channel=channel, door=door))
    question = asked(present, run, question_id) if present else None
    if question is None:
        await say.quietly(refusal, body=body, context=context)
        return
    view = form.answer_view(task, question, channel=channel)
    await context.client.views_open(trigger_id=body["trigger_id"], view=view)


async def submit_answer(
    ack: AsyncAck, body: Payload, context: AsyncBoltContext, client: AsyncWebClient, door: Door
) -> None:
    """An answer in a person's own words was sent."""
    given = form.read_answer(body["view"])
    if not given.text:
        await ack(response_action="errors", errors={form.TEXT: form.missing_text()})
        return
    await ack()
    click = _click(given, body, str(body["view"]["id"]))
    said = await acts.put(click, channel=given.channel, door=door)
    if said is not None:
        await say.privately(said, channel=given.channel, person=click.person.id, client=client)


def _click(given: form.Given, body: Payload, origin: str) -> acts.Click:
    person = payload.person(body)
    return acts.Click(
        id=f"{origin}-{person.id}",
        task=given.task,
        kind=ActKind.ANSWER,
        person=person,
        payload={"run": given.run, "question": given.question, "answer": given.text},
    )


async def _question(task_id: str, run: str, question: str, door: Door) -> Question | None:
    task = await promptly(door.tasks.get(task_id))
    return asked(task, run, question) if task else None
