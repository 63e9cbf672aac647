"""Forms that are being filled in, kept for a week."""

from jobs.domain.draft import Draft
from jobs.queue import keys
from jobs.queue.connection import Connection

KEPT_FOR = 7 * 24 * 3600
"""Seconds a draft is kept after it was last touched."""


async def keep(connection: Connection, draft: Draft) -> None:
    """Keep a draft as it is now."""
    await connection.call("SET", keys.draft(draft.id), draft.model_dump_json(), "EX", KEPT_FOR)


async def get(connection: Connection, draft_id: str) -> Draft | None:
    """A draft, or None when there is none any more."""
    document = await connection.call("GET", keys.draft(draft_id))
    return Draft.model_validate_json(document) if document else None
