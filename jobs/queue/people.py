"""Which GitLab account belongs to which Slack user: a code given in Slack and written in GitLab."""

import re
import secrets

from jobs.domain.task import CROCKFORD
from jobs.queue import keys
from jobs.queue.connection import Connection

LIVES = 3600
"""Seconds a code can be used."""

CODE = re.compile(r"\bcgl-[0-9a-z]{10}\b")
"""What a code looks like."""

_LINK = """
local person = redis.call('GET', KEYS[1])
if not person then return false end
redis.call('HSET', KEYS[2], ARGV[1], person)
redis.call('DEL', KEYS[1])
return person
"""


async def offer(connection: Connection, person: str) -> str:
    """A new code for a Slack user: who writes it in GitLab is that person."""
    code = "cgl-" + "".join(secrets.choice(CROCKFORD) for _ in range(10))
    await connection.call("SET", keys.link(code), person, "EX", LIVES)
    return code


async def link(connection: Connection, code: str, username: str) -> str | None:
    """Use a code up: the Slack user who is this GitLab user from now on, or None for no code of ours."""
    person = await connection.call("EVAL", _LINK, 2, keys.link(code), keys.PEOPLE, username)
    return person.decode() if person else None


async def linked(connection: Connection) -> dict[str, str]:
    """GitLab username → Slack user id, of everybody who linked them."""
    found = await connection.call("HGETALL", keys.PEOPLE)
    return {name.decode(): person.decode() for name, person in found.items()}
