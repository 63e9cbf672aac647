"""Shortcuts: a new spec from anywhere, or one that begins with a message."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot import access, payload, quoting, say
from bot.door import Door
from bot.listeners.opening import Filling, open_form
from bot.payload import Payload


async def new_spec(ack: AsyncAck, shortcut: Payload, context: AsyncBoltContext, door: Door) -> None:
    """The global shortcut: it comes from no channel, so the person's first one with a repository is taken."""
    await ack()
    person = payload.person(shortcut)
    channels = dict.fromkeys(place for one in door.operator.repositories.values() for place in one.channels)
    may = [one for one in channels if access.may_open(door.operator, channel=one, person=person).granted]
    there = {**shortcut, "channel_id": next(iter([*may, *channels]), "")}

    async def nothing() -> Filling:
        return Filling()

    text = await open_form(there, client=context.client, door=door, fill=nothing)
    await say.quietly(text, body=shortcut, context=context)


async def spec_from_message(ack: AsyncAck, shortcut: Payload, context: AsyncBoltContext, door: Door) -> None:
    """The message shortcut: the message and its thread begin the form."""
    await ack()
    channel = payload.channel(shortcut) or ""

    async def quoted() -> Filling:
        answers = await quoting.quoted(shortcut["message"], channel, context.client)
        return Filling(answers=answers, source=f"slack:{channel}/{shortcut['message_ts']}")

    text = await open_form(shortcut, client=context.client, door=door, fill=quoted)
    await say.quietly(text, body=shortcut, context=context)
