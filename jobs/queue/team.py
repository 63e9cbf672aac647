"""The team's numbers on their way from a worker that counts to the people who may see them."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.team import Numbers
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.feed import Change

WANTED = "cg:team:wanted"
"""Sorted set: sets of repositories whose numbers somebody looks at, by when they last did."""
KEPT = 30 * 24 * 3600
"""Seconds numbers are kept after they were counted."""
DRAWING = 120
"""Seconds one worker has for drawing."""


class Scope(Frozen):
    """Some repositories, counted together."""

    repositories: tuple[str, ...]
    """Full paths, sorted."""

    @property
    def key(self) -> str:
        """A short name for them."""
        return hashlib.sha256("\n".join(self.repositories).encode()).hexdigest()[:16]


def scope_of(repositories: Iterable[str]) -> Scope:
    """The scope of these repositories."""
    return Scope(repositories=tuple(sorted(set(repositories))))


async def want(connection: Connection, scope: Scope, at: datetime) -> Numbers | None:
    """Somebody looks at a scope's numbers: as they were last counted, None before that."""
    _, document = await connection.many(
        [("ZADD", WANTED, keys.micros(at), json.dumps(scope.repositories)), ("GET", _key(scope))]
    )
    return Numbers.model_validate_json(document) if document else None


async def wanted(connection: Connection, since: datetime) -> tuple[Scope, ...]:
    """Scopes somebody looked at since; others are forgotten."""
    await connection.call("ZREMRANGEBYSCORE", WANTED, "-inf", f"({keys.micros(since)}")
    found = await connection.call("ZRANGE", WANTED, 0, -1)
    return tuple(scope_of(json.loads(one)) for one in found)


async def numbers(connection: Connection, scope: Scope) -> Numbers | None:
    """A scope's numbers as they were last counted."""
    document = await connection.call("GET", _key(scope))
    return Numbers.model_validate_json(document) if document else None


async def keep(connection: Connection, scope: Scope, counted: Numbers) -> None:
    """Keep numbers and tell whoever shows them."""
    await connection.many(
        [
            ("SET", _key(scope), counted.model_dump_json(), "EX", KEPT),
            ("PUBLISH", keys.CHANGES, Change().model_dump_json()),
        ]
    )


async def claim(connection: Connection, scope: Scope, worker: str) -> bool:
    """True when this worker alone counts and draws a scope for now."""
    return bool(await connection.call("SET", f"{_key(scope)}:drawing", worker, "NX", "EX", DRAWING))


async def release(connection: Connection, scope: Scope) -> None:
    """The next one may."""
    await connection.call("DEL", f"{_key(scope)}:drawing")


def _key(scope: Scope) -> str:
    return f"cg:team:{scope.key}"
