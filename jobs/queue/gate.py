"""One token bucket per Slack method, channel and message, and per GitLab host, shared by every process."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum

from jobs.errors import Busy
from jobs.queue import keys
from jobs.queue.connection import TROUBLE, Connection


class Urgency(IntEnum):
    """Who goes first when there is not enough for all."""

    PROGRESS = 0
    """Only the elapsed time or the step is new: left out when anything else needs the bucket."""
    STATE = 1
    """A run moved: said when there is room, else with the next state."""
    END = 2
    """What people wait for: waits for its turn."""


URGENCY: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.END)
"""How urgent the calls of the current code are."""


@dataclass(frozen=True)
class Rate:
    """A bucket's size."""

    per_minute: float
    """Tokens that flow in."""
    burst: float = 1.0
    """Tokens it holds at the most."""


SLACK: Mapping[str, Rate] = {
    "chat.update": Rate(50, 10),
    "conversations.history": Rate(45, 10),
    "conversations.replies": Rate(45, 20),
    "chat.delete": Rate(45, 5),
    "chat.postEphemeral": Rate(90, 20),
    "views.update": Rate(90, 20),
    "views.publish": Rate(90, 20),
    "users.info": Rate(90, 30),
    "conversations.info": Rate(45, 20),
    "conversations.members": Rate(90, 20),
    "files.completeUploadExternal": Rate(90, 10),
    "files.getUploadURLExternal": Rate(90, 10),
}
"""Calls of one method in a whole team; see Slack's rate tiers."""

CHANNEL = Rate(60, 3)
"""chat.postMessage in one channel."""

MESSAGE = Rate(20, 1)
"""chat.update of one message."""

GITLAB = Rate(900, 60)
"""Requests to one GitLab host; GitLab.com allows 2,000 for a user."""

RESERVED = {Urgency.PROGRESS: 0.6, Urgency.STATE: 0.3, Urgency.END: 0.0}
"""Share of a bucket that is left to what is more urgent."""

LONGEST = 60.0
"""Seconds one call waits for its turn at the most."""

# One clock for all: the server's. A pause is an answer 429 that somebody got.
_ENTER = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local wait, left = 0, {}
for at, key in ipairs(KEYS) do
  local rate, burst, keep = tonumber(ARGV[at * 3 - 1]), tonumber(ARGV[at * 3]), tonumber(ARGV[at * 3 + 1])
  local cost = tonumber(ARGV[1])
  local kept = redis.call('HMGET', key, 'tokens', 'at', 'until')
  local since = math.max(0, now - (tonumber(kept[2]) or now))
  local tokens = math.min(burst, (tonumber(kept[1]) or burst) + since * rate)
  local need = math.min(cost + keep * burst, burst)
  if tokens < need then wait = math.max(wait, (need - tokens) / rate) end
  wait = math.max(wait, (tonumber(kept[3]) or 0) - now)
  left[at] = tokens - cost
end
if wait > 0 then return math.ceil(wait) end
for at, key in ipairs(KEYS) do
  redis.call('HSET', key, 'tokens', left[at], 'at', now)
  redis.call('PEXPIRE', key, 600000)
end
return 0
"""

_PAUSE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local before = tonumber(redis.call('HGET', KEYS[1], 'until')) or 0
redis.call('HSET', KEYS[1], 'until', math.max(before, now + tonumber(ARGV[1])), 'tokens', 0, 'at', now)
redis.call('PEXPIRE', KEYS[1], 600000)
return 1
"""


class RedisGate:
    """ports.Gate: every call asks here first; without Redis nothing is held back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def slack(self, method: str, *, channel: str = "", ts: str = "") -> None:
        """Wait for one call's turn; raises Busy at once for what is not urgent."""
        await self._enter(_slack_buckets(method, channel=channel, ts=ts), cost=1)

    async def turn(self, method: str, *, channel: str = "") -> float:
        """Take one call's turn if it is there: 0.0, else in how many seconds to ask again."""
        return await self._wait(_slack_buckets(method, channel=channel, ts=""), cost=1, urgency=Urgency.END)

    async def gitlab(self, host: str, *, cost: int = 1) -> None:
        """Wait for so many requests' turn."""
        await self._enter([(keys.bucket(f"gitlab:{host}"), GITLAB)], cost=cost)

    async def slack_limited(self, method: str, seconds: float, *, channel: str = "") -> None:
        """Slack answered 429: nobody calls before these seconds are over."""
        bucket, _ = _slack_buckets(method, channel=channel, ts="")[0]
        await self._paused(bucket, seconds)

    async def gitlab_limited(self, host: str, seconds: float) -> None:
        """GitLab answered 429."""
        await self._paused(keys.bucket(f"gitlab:{host}"), seconds)

    async def _enter(self, buckets: Sequence[tuple[str, Rate]], *, cost: int) -> None:
        urgency = URGENCY.get()
        waited = 0.0
        while True:
            seconds = await self._wait(buckets, cost=cost, urgency=urgency)
            if seconds <= 0 or waited > LONGEST:
                return
            if urgency is not Urgency.END:
                raise Busy("The limit of calls is used up.", retry_after=seconds)
            await asyncio.sleep(seconds)
            waited += seconds

    async def _wait(self, buckets: Sequence[tuple[str, Rate]], *, cost: int, urgency: Urgency) -> float:
        words: list[str | float] = [cost]
        for _, rate in buckets:
            words += [rate.per_minute / 60_000, rate.burst, RESERVED[urgency] if rate.burst > 1 else 0]
        names = [key for key, _ in buckets]
        try:
            return float(await self._connection.call("EVAL", _ENTER, len(names), *names, *words)) / 1000
        except TROUBLE:
            return 0.0

    async def _paused(self, bucket: str, seconds: float) -> None:
        with contextlib.suppress(*TROUBLE):
            await self._connection.call("EVAL", _PAUSE, 1, bucket, round(seconds * 1000))


def _slack_buckets(method: str, *, channel: str, ts: str) -> list[tuple[str, Rate]]:
    if method == "chat.postMessage":
        return [(keys.bucket(f"slack:{method}:{channel}"), CHANNEL)]
    found = [(keys.bucket(f"slack:{method}"), SLACK.get(method, Rate(45, 10)))]
    if method == "chat.update" and ts:
        found.append((keys.bucket(f"slack:{method}:{channel}:{ts}"), MESSAGE))
    return found
