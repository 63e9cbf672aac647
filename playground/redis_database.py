"""A database of somebody's Redis that holds nothing, so that nothing of theirs is disturbed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

import redis
from redis.exceptions import RedisError, ResponseError

from jobs.errors import Stop

CLAIM = "playground:claim"
"""Key that says a playground uses the database."""
CLAIM_SECONDS = 24 * 3600
"""How long a claim lasts when its playground was killed."""
USUAL = 16
"""Databases of a server that does not tell."""


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """The URL of a database that was empty, emptied again at the end; raises Stop when there is none."""
    try:
        with redis.Redis.from_url(url) as server:
            number = next((one for one in _numbers(server) if _claimed(_of(url, one))), None)
    except RedisError as error:
        what = type(error).__name__
        raise Stop(f"The server at REDIS_URL cannot be used: {what}.", remedy="Correct REDIS_URL.") from None
    if number is None:
        reason = "The server at REDIS_URL has no empty database."
        raise Stop(reason, remedy="Name another server, or unset REDIS_URL to have one started.")
    try:
        yield _of(url, number)
    finally:
        with suppress(RedisError), redis.Redis.from_url(_of(url, number)) as database:
            database.flushdb()


def _numbers(server: redis.Redis) -> Iterator[int]:
    """Database 0 last: it is where everybody else is."""
    count = USUAL
    with suppress(ResponseError):
        told = server.config_get("databases")
        count = int(told["databases"]) if isinstance(told, dict) and "databases" in told else USUAL
    yield from reversed(range(count))


def _claimed(url: str) -> bool:
    with redis.Redis.from_url(url) as database:
        if database.dbsize():
            return False
        return bool(database.set(CLAIM, "1", nx=True, ex=CLAIM_SECONDS)) and database.dbsize() == 1


def _of(url: str, number: int) -> str:
    if not url.startswith("unix://"):
        return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
    path, _, query = url.partition("?")
    kept = [one for one in query.split("&") if one and not one.startswith("db=")]
    return f"{path}?{'&'.join([*kept, f'db={number}'])}"
