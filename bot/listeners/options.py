"""The form's pickers ask for their options: repositories, reviewers, tasks to come after."""

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import access, drafting, payload
from bot.door import Door
from bot.payload import Payload
from bot.views import fit
from bot.views import spec as form
from bot.views.rank import ranked

_TASKS = 100
"""Newest tasks of a channel that are offered."""


async def offer_repositories(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Offer what this person may use in the form's channel, best match first.

    Until a worker has published which repositories its token reaches, all of codegen.toml's are offered.
    """
    channel = form.origin_of(body["view"]).channel
    if not await _admitted(body, door):
        await ack(options=[])
        return
    allowed = access.usable(door.operator, channel=channel, person=payload.person(body))
    reached = {one.path for one in await door.tasks.catalogue()}
    offered = [path for path in allowed if path in reached] if reached else list(allowed)
    found = ranked(offered, body.get("value") or "")[: fit.OPTIONS]
    await ack(options=[form.repository_option(path) for path in found])


async def offer_reviewers(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Offer the members of the chosen repository, as a worker has published them."""
    if not await _admitted(body, door):
        await ack(options=[])
        return
    draft = await door.tasks.draft(form.origin_of(body["view"]).draft)
    path = drafting.repository_of(draft.answers, door) if draft else ""
    members = next((one.members for one in await door.tasks.catalogue() if one.path == path), ())
    found = ranked(members, body.get("value") or "")[: fit.OPTIONS]
    await ack(options=[form.named_option(one) for one in found])


async def offer_tasks(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Offer the tasks of the form's channel that are not over."""
    origin, person = form.origin_of(body["view"]), payload.person(body)
    if not await _admitted(body, door):
        await ack(options=[])
        return
    tasks = {
        f"{one.spec.title} {one.id}": one
        for one in await door.tasks.list(channel=origin.channel, limit=_TASKS)
        if one.state.open and access.may_see(door.operator, task=one, channel=origin.channel, person=person)
    }
    found = ranked(list(tasks), body.get("value") or "")[: fit.OPTIONS]
    await ack(options=[form.named_option(tasks[one].id, tasks[one].spec.title) for one in found])


async def _admitted(body: Payload, door: Door) -> bool:
    """False where a channel was shared, or a person became a guest, while the form was open."""
    channel, person = form.origin_of(body["view"]).channel, payload.person(body)
    return (await door.directory.admits(person=person.id, channel=channel)).granted
