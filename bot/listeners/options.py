"""The repository picker asks for its options."""

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import access, payload
from bot.door import Door
from bot.payload import Payload
from bot.views import fit
from bot.views import spec as form
from bot.views.rank import ranked


async def offer_repositories(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Offer what this person may use in the form's channel, best match first.

    Until a worker has published which repositories its token reaches, all of codegen.toml's are offered.
    """
    channel = form.origin_of(body["view"]).channel
    allowed = access.usable(door.operator, channel=channel, person=payload.person(body))
    reached = {one.path for one in await door.tasks.catalogue()}
    offered = [path for path in allowed if path in reached] if reached else list(allowed)
    found = ranked(offered, body.get("value") or "")[: fit.OPTIONS]
    await ack(options=[form.repository_option(path) for path in found])
