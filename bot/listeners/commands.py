"""`/codegen`: the form, or one of the subcommands."""

import re
from dataclasses import dataclass

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot import access, acts, payload, say
from bot.door import Door, promptly
from bot.fetching import from_issue
from bot.listeners.batch import open_batch, open_split
from bot.listeners.opening import Fill, Filling, open_form
from bot.payload import Payload
from bot.quoting import titled
from jobs.domain.action import ActKind
from jobs.domain.people import Person

_ID = re.compile(r"cg-[0-9a-z-]{1,40}", re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """What was typed after `/codegen`."""

    verb: str
    """form, from, batch, split, help, status, cancel or link."""
    rest: str = ""
    """The task's id, or the text that fills the form."""


def typed(text: str) -> Typed:
    """A subcommand only when the whole text is one; anything else describes a change."""
    match text.split():
        case []:
            return Typed("form")
        case [verb] if verb.casefold() in ("help", "status", "cancel", "batch", "link", "split"):
            return Typed(verb.casefold())
        case [verb, task] if verb.casefold() in ("status", "cancel", "split") and _ID.fullmatch(task):
            return Typed(verb.casefold(), task.casefold())
        case [verb, address] if verb.casefold() == "from" and "://" in address:
            return Typed("from", address)
    return Typed("form", text.strip())


async def codegen(ack: AsyncAck, command: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Take `/codegen`: acknowledge, then open the form or answer."""
    await ack()
    request = typed(command.get("text") or "")
    # Slack itself takes a trigger once, so the form waits for no store
    if request.verb != "form" and await promptly(door.tasks.seen(f"command:{command['trigger_id']}")):
        return
    match request:
        case Typed("batch"):
            text = await open_batch(command, client=context.client, door=door)
        case Typed("split", task) if task:
            text = await open_split(task, command, client=context.client, door=door)
        case Typed("form" | "from"):
            fill = _filling(request, command, door)
            text = await open_form(command, client=context.client, door=door, fill=fill)
        case _:
            text = await _answer(request, command, door)
    await say.quietly(text, body=command, context=context)


def _filling(request: Typed, command: Payload, door: Door) -> Fill:
    async def filled() -> Filling:
        if request.verb == "form":
            return Filling(answers=titled(_unescaped(request.rest)))
        channel, person = command["channel_id"], payload.person(command)
        return await from_issue(_unescaped(request.rest), channel=channel, person=person, door=door)

    return filled


async def _answer(request: Typed, command: Payload, door: Door) -> str | None:
    person = payload.person(command)
    match request:
        case Typed("status", ""):
            return await _own(channel=command["channel_id"], person=person, door=door)
        case Typed("status", task_id):
            return await _one(task_id, channel=command["channel_id"], person=person, door=door)
        case Typed("link"):
            return say.answer("link", task=await door.tasks.link_code(person.id))
        case Typed("cancel", ""):
            return say.answer("which_task")
        case Typed("split", ""):
            return say.answer("which_split")
        case Typed("cancel", task_id):
            click = acts.Click(
                id=f"{command['trigger_id']}-{person.id}", task=task_id, kind=ActKind.CANCEL, person=person
            )
            return await acts.put(click, channel=command["channel_id"], door=door)
    return say.help_text()


async def _own(*, channel: str, person: Person, door: Door) -> str:
    """A person's tasks, also in a conversation that the bot is not in: only they see the answer."""
    allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted and allowed.reason != "channel_out_of_reach":
        return say.refusal(allowed, door.operator, channel=channel, person=person)
    return say.overview(await door.tasks.list(requester=person.id, limit=say.SHOWN + 1))


async def _one(task_id: str, *, channel: str, person: Person, door: Door) -> str:
    task = await door.tasks.get(task_id)
    if task is None or not access.may_see(door.operator, task=task, channel=channel, person=person):
        return say.answer("unknown_task", task=task_id)
    allowed = await door.directory.admits(person=person.id, channel=channel)
    if not allowed.granted:
        return say.refusal(allowed, door.operator, channel=channel, person=person)
    return say.overview((task,))


def _unescaped(text: str) -> str:
    """What was typed: Slack escapes three characters in a command's text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
