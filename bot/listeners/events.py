"""What Slack tells without being asked."""

import re

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot import access, drafting, payload, quoting, say
from bot.door import Door, promptly
from bot.listeners.opening import Filling, open_form
from bot.listeners.thread import is_tasks_thread
from bot.payload import Payload
from bot.views import blocks
from bot.views.spec import begin_button

_BOT = re.compile(r"^\s*<@[A-Z0-9]+>[\s,:]*")


async def answer_mention(event: Payload, client: AsyncWebClient, door: Door) -> None:
    """Offer whoever mentions the bot a spec that begins with the message and its thread; only they see it.

    In a task's thread it is a reply like any other: it begins nothing new.
    """
    if await is_tasks_thread(event, door):
        return
    person, channel = payload.person({"event": event}), str(event["channel"])
    allowed = access.may_open(door.operator, channel=channel, person=person)
    if allowed.granted:
        allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted:
        text = say.refusal(allowed, door.operator, channel=channel, person=person)
        await say.privately(
            text, channel=channel, person=person.id, client=client, thread_ts=event.get("thread_ts")
        )
        return
    message = {**event, "text": _BOT.sub("", str(event.get("text") or ""))}
    answers = await quoting.quoted(message, channel, client)
    draft = await drafting.begin(
        door, person=person, channel=event["channel"], answers=answers, source=f"slack:{event['ts']}"
    )
    text = say.answer("mention")
    await say.privately(
        text,
        channel=event["channel"],
        person=event["user"],
        client=client,
        blocks=[blocks.section(text), blocks.actions(begin_button(draft.id))],
        thread_ts=event.get("thread_ts"),
    )


async def begin_quoted(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """The button under that offer: the form opens with what was written."""
    await ack()
    known = await promptly(door.tasks.draft(str(body["actions"][0].get("value") or "")))

    async def filled() -> Filling:
        if known is None or known.person != payload.person(body).id:
            return Filling(refusal=say.answer("no_message"))
        return Filling(answers=known.answers, source=known.source)

    text = await open_form(body, client=context.client, door=door, fill=filled)
    await say.quietly(text, body=body, context=context)
