"""App Home: who opened it lately, what was last published there, and how much of each list is shown."""

from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.queue import keys
from jobs.queue.connection import Connection

KEPT = 7 * 24 * 3600
"""Seconds that what was published is remembered."""

NOTICE = 45
"""Seconds a sentence stays at the top."""

_SHOWN = "shown:"


class Published(Frozen):
    """What stands in a person's App Home."""

    digest: str = ""
    """Of the view; empty when nothing is known of it."""
    hash: str = ""
    """Slack's word for that version of the view."""
    shown: dict[str, int] = {}  # noqa: RUF012  # pydantic copies defaults
    """List → how many rows the person wants to see."""
    notice: str = ""
    """A sentence in mrkdwn for the top."""


async def opened(connection: Connection, person: str, at: datetime) -> None:
    """A person opened the tab: lists are as short as at first."""
    shown = [name for name in await connection.call("HKEYS", keys.home(person)) if _is_length(name)]
    shortened = [("HDEL", keys.home(person), *shown)] if shown else []
    await connection.many([("ZADD", keys.HOMES, keys.micros(at), person), *shortened])


async def viewers(connection: Connection, since: datetime) -> frozenset[str]:
    """Who opened it since; everybody else is forgotten."""
    await connection.call("ZREMRANGEBYSCORE", keys.HOMES, "-inf", f"({keys.micros(since)}")
    return frozenset(one.decode() for one in await connection.call("ZRANGE", keys.HOMES, 0, -1))


async def left(connection: Connection, person: str) -> None:
    """Somebody whose tab cannot be published any more."""
    await connection.call("ZREM", keys.HOMES, person)


async def published(connection: Connection, person: str) -> Published:
    """What is known of a person's tab."""
    fields, notice = await connection.many([("HGETALL", keys.home(person)), ("GET", keys.notice(person))])
    return Published(
        digest=fields.get(b"digest", b"").decode(),
        hash=fields.get(b"hash", b"").decode(),
        shown={
            name.decode().removeprefix(_SHOWN): int(value)
            for name, value in fields.items()
            if _is_length(name)
        },
        notice=(notice or b"").decode(),
    )


async def remember(connection: Connection, person: str, *, digest: str, view_hash: str) -> None:
    """This version stands there now."""
    key = keys.home(person)
    await connection.many([("HSET", key, "digest", digest, "hash", view_hash), ("EXPIRE", key, KEPT)])


async def show(connection: Connection, person: str, part: str, rows: int) -> None:
    """How many rows of a list the person wants to see from now on."""
    await connection.call("HSET", keys.home(person), f"{_SHOWN}{part}", rows)


async def notify(connection: Connection, person: str, sentence: str) -> None:
    """Say something at the top for a while."""
    await connection.call("SET", keys.notice(person), sentence, "EX", NOTICE)


def _is_length(name: bytes) -> bool:
    return name.startswith(_SHOWN.encode())
