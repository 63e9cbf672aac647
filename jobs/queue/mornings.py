"""What each channel was told in the morning, so that it is told once, whoever was down."""

from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.queue import keys
from jobs.queue.connection import Connection


class Told(Frozen):
    """A channel's last morning."""

    due: datetime
    """When it was due."""
    until: datetime
    """Up to which moment it told; the next one begins there."""


async def told(connection: Connection, channel: str) -> Told | None:
    """A channel's last morning, None before the first."""
    document = await connection.call("HGET", keys.MORNINGS, channel)
    return Told.model_validate_json(document) if document else None


async def tell(connection: Connection, channel: str, told: Told) -> None:
    """Remember that a channel was told."""
    await connection.call("HSET", keys.MORNINGS, channel, told.model_dump_json())
