"""Issues to look at: hinted at by a hook or found in a list, kept until a look succeeded."""

from collections.abc import Sequence
from datetime import datetime

from jobs.queue import keys
from jobs.queue.connection import Connection


async def hinted(connection: Connection) -> tuple[tuple[str, int], ...]:
    """Project and number of the issues to look at."""
    names = [name.decode() for name in await connection.call("SRANDMEMBER", keys.ISSUES, 200)]
    parts = [name.rpartition("#") for name in names]
    return tuple((project, int(iid)) for project, _, iid in parts)


async def hint(connection: Connection, project: str, iids: Sequence[int]) -> None:
    """Look at these until it succeeds."""
    await connection.many([("SADD", keys.ISSUES, f"{project}#{iid}") for iid in iids])


async def looked(connection: Connection, project: str, iid: int) -> None:
    """A look is over."""
    await connection.call("SREM", keys.ISSUES, f"{project}#{iid}")


async def listed_until(connection: Connection, project: str) -> datetime | None:
    """Until when a project's list of changed issues has been read."""
    text = await connection.call("HGET", keys.ISSUES_LISTED, project)
    return datetime.fromisoformat(text.decode()) if text else None


async def listed(connection: Connection, project: str, moment: datetime) -> None:
    """A project's list of changed issues has been read until then."""
    await connection.call("HSET", keys.ISSUES_LISTED, project, moment.isoformat())


async def words_read(connection: Connection, project: str, iid: int) -> str | None:
    """Digest of the words of an issue that its task has taken last; None when it took none."""
    text = await connection.call("HGET", keys.ISSUES_READ, f"{project}#{iid}")
    return text.decode() if text else None


async def read_words(connection: Connection, project: str, iid: int, *, digest: str) -> None:
    """The task has taken these words."""
    await connection.call("HSET", keys.ISSUES_READ, f"{project}#{iid}", digest)


async def forget_words(connection: Connection, project: str, iid: int) -> None:
    """The issue is closed."""
    await connection.call("HDEL", keys.ISSUES_READ, f"{project}#{iid}")
