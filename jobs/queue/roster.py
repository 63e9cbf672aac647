"""Who belongs to the user groups that codegen.toml names, as a worker last read it from Slack."""

from collections.abc import Mapping

from pydantic import TypeAdapter

from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.settings import OperatorFile

_ROSTER = TypeAdapter(dict[str, tuple[str, ...]])


async def publish(connection: Connection, members: Mapping[str, tuple[str, ...]]) -> None:
    """Replace what is known."""
    await connection.call("SET", keys.ROSTER, _ROSTER.dump_json(dict(members)))


async def members(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Group, as codegen.toml names it → Slack user ids; empty until a worker has published it."""
    document = await connection.call("GET", keys.ROSTER)
    return _ROSTER.validate_json(document) if document else {}


async def resolved(connection: Connection, operator: OperatorFile) -> OperatorFile:
    """The operator's file with the members of its groups; nothing is asked where it names none."""
    return operator.with_groups(await members(connection)) if operator.groups else operator
