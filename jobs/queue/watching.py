"""Which merge requests are watched, what was last seen of them, and what is still to be told."""

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from jobs.domain.base_model import Frozen
from jobs.domain.news import QUIET, News
from jobs.domain.observed import Listed
from jobs.domain.task import Task, TaskState
from jobs.domain.watched import Watched
from jobs.queue import keys
from jobs.queue.connection import Connection, Word
from jobs.queue.store import Conflict, Store
from jobs.queue.write import Terms

BURST = timedelta(seconds=8)
"""How long news are collected before they are told: what belongs together is one message."""

LOOKING = 60.0
"""Seconds one worker has for a look before another one may take it over."""

TRIES = 5
"""How often a look is judged anew because the task changed meanwhile."""

_KEEP = """
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
"""

_CLAIM = """
local score = redis.call('ZSCORE', KEYS[2], ARGV[5])
if not score or tonumber(score) > tonumber(ARGV[3]) then return 0 end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
return 1
"""

_SETTLE = """
redis.call('DEL', KEYS[1])
local score = redis.call('ZSCORE', KEYS[2], ARGV[3])
if score and tonumber(score) == tonumber(ARGV[1]) then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3]) end
return 1
"""

_TOLD = """
redis.call('LTRIM', KEYS[1], ARGV[1], -1)
if redis.call('LLEN', KEYS[1]) == 0 then redis.call('ZREM', KEYS[2], ARGV[2])
else redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2]) end
return 1
"""


class Judged(Frozen):
    """What a look means, ready to be written."""

    task: Task
    """The task afterwards."""
    watched: Watched
    """What is remembered from now on."""
    news: tuple[News, ...] = ()
    """What is to be told."""


Judge = Callable[[Task, Watched], Judged]
"""From the task and what was remembered to what a look means; called anew when the task changed meanwhile."""


async def hinted(connection: Connection) -> tuple[str, ...]:
    """Take every hint; ids of the tasks they are about."""
    names = [name.decode() for name in await connection.call("SPOP", keys.HINTS, 500)]
    tasks = [name.removeprefix("codegen/") for name in names if name.startswith("codegen/cg-")]
    requests = [name for name in names if "!" in name]
    found = await connection.call("HMGET", keys.REQUESTS, *requests) if requests else []
    return tuple(dict.fromkeys([*tasks, *(one.decode() for one in found if one)]))


async def at_once(connection: Connection, task_ids: Sequence[str]) -> None:
    """Look at these next; what is not watched stays so."""
    await connection.many([("ZADD", keys.WATCH, "XX", 0, one) for one in task_ids])


async def due(connection: Connection, now: datetime, *, limit: int) -> tuple[tuple[str, bool], ...]:
    """Tasks to look at now, the longest overdue first, and whether somebody hinted at them."""
    words = ("ZRANGE", keys.WATCH, "-inf", keys.micros(now), "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
    found = await connection.call(*words)
    return tuple(
        (one.decode(), float(score) == 0) for one, score in zip(found[::2], found[1::2], strict=True)
    )


async def stale(connection: Connection, listed: Listed) -> None:
    """Look at a merge request next that GitLab lists with a later change than the last look saw."""
    found = await connection.call("HGET", keys.REQUESTS, f"{listed.project}!{listed.iid}")
    if found is None:
        return
    known = (await watched(connection, found.decode())).sight
    if known is None or known.updated_at != listed.updated_at:
        await at_once(connection, (found.decode(),))


async def claim(connection: Connection, task_id: str, owner: str, *, now: datetime, until: datetime) -> bool:
    """Be the one who looks at what is due; left alone, it is due again at `until`.

    A hint from now on is a new one: it is not lost when this look is over.
    """
    words = (owner, round(LOOKING * 1000), keys.micros(now), keys.micros(until), task_id)
    reply = await connection.call("EVAL", _CLAIM, 2, keys.looking(task_id), keys.WATCH, *words)
    return bool(reply == 1)


async def settle(connection: Connection, task_id: str, *, claimed: datetime, moment: datetime) -> None:
    """The look is over and the next one is due at `moment`, unless somebody brought it forward."""
    words = (keys.micros(claimed), keys.micros(moment), task_id)
    await connection.call("EVAL", _SETTLE, 2, keys.looking(task_id), keys.WATCH, *words)


async def forget(connection: Connection, task_id: str) -> None:
    """Watch it no longer."""
    await connection.many([("ZREM", keys.WATCH, task_id), ("DEL", keys.looking(task_id))])


async def watching(connection: Connection) -> int:
    """How many merge requests are watched."""
    return int(await connection.call("ZCARD", keys.WATCH))


async def next_look(connection: Connection) -> datetime | None:
    """When the next look or the next telling is due; None when there is neither."""
    first = [("ZRANGE", name, 0, 0, "WITHSCORES") for name in (keys.WATCH, keys.TELLING)]
    scores = [float(found[1]) for found in await connection.many(first) if found]
    return datetime.fromtimestamp(min(scores) / 1_000_000).astimezone() if scores else None


async def watched(connection: Connection, task_id: str) -> Watched:
    """What is remembered of a task's merge request."""
    document = await connection.call("GET", keys.watched(task_id))
    return _unpacked(document) if document else Watched()


async def record(store: Store, task_id: str, judge: Judge, *, now: datetime) -> Judged | None:
    """Write what a look means, task, memory, event and news in one; None when another look was quicker."""
    for _ in range(TRIES):
        task, known = await store.get(task_id), await watched(store.connection, task_id)
        if task is None:
            return None
        judged = judge(task, known)
        if judged.task == task and not judged.news:
            kept = await _kept(store.connection, task_id, judged.watched)
            return judged if kept else None
        try:
            return await _written(store, task, known, judged=judged, now=now)
        except Conflict:
            continue
    return None


async def news_of(connection: Connection, task_id: str) -> tuple[News, ...]:
    """What happened and was not told yet, oldest first."""
    lines = await connection.call("LRANGE", keys.news(task_id), 0, -1)
    return tuple(News.model_validate_json(line) for line in lines)


async def to_tell(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Tasks whose news are due."""
    found = await connection.call("ZRANGE", keys.TELLING, "-inf", keys.micros(now), "BYSCORE", "LIMIT", 0, 50)
    return tuple(one.decode() for one in found)


async def told(connection: Connection, task_id: str, count: int, *, now: datetime) -> None:
    """The oldest `count` news are told; what came meanwhile is told with the next burst."""
    names = (keys.news(task_id), keys.TELLING)
    await connection.call("EVAL", _TOLD, 2, *names, count, task_id, keys.micros(now + BURST))


async def tell_later(connection: Connection, task_id: str, moment: datetime) -> None:
    """Hold the news back until then."""
    await connection.call("ZADD", keys.TELLING, "XX", keys.micros(moment), task_id)


async def listed_until(connection: Connection) -> datetime | None:
    """Until when GitLab's list of changes has been read."""
    text = await connection.call("GET", keys.LISTED)
    return datetime.fromisoformat(text.decode()) if text else None


async def listed(connection: Connection, moment: datetime) -> None:
    """GitLab's list of changes has been read until then."""
    await connection.call("SET", keys.LISTED, moment.isoformat())


async def my_turn(connection: Connection, what: str, *, seconds: float) -> bool:
    """True for one worker in these seconds."""
    turn = ("SET", f"{keys.WATCH}:{what}", "1", "NX", "PX", round(seconds * 1000))
    return await connection.call(*turn) is not None


async def turn_over(connection: Connection, what: str) -> None:
    """Let another worker have the turn."""
    await connection.call("DEL", f"{keys.WATCH}:{what}")


async def adopt(store: Store) -> None:
    """Watch what was in review before anything was watched; the same again changes nothing."""
    for task in await store.list(states=(TaskState.IN_REVIEW,), limit=10_000):
        request = task.merge_request
        if request is not None:
            name = f"{request.project}!{request.iid}"
            commands = [("HSETNX", keys.REQUESTS, name, task.id), ("ZADD", keys.WATCH, "NX", 1, task.id)]
            await store.connection.many(commands)


async def _kept(connection: Connection, task_id: str, memory: Watched) -> bool:
    names = (keys.looks(task_id), keys.watched(task_id))
    reply = await connection.call("EVAL", _KEEP, 2, *names, memory.version, packed(memory))
    return bool(reply == 1)


async def _written(store: Store, task: Task, known: Watched, *, judged: Judged, now: datetime) -> Judged:
    def move(present: Task) -> Task:
        if present.updated_at != task.updated_at:
            raise Conflict(task.id)
        return judged.task

    memory = judged.watched.model_copy(update={"version": known.version + 1})
    also: list[Sequence[Word]] = [("INCR", keys.looks(task.id))]
    also.append(("SET", keys.watched(task.id), packed(memory)))
    if judged.news and task.thread is not None:
        also.append(("RPUSH", keys.news(task.id), *(one.model_dump_json() for one in judged.news)))
        if any(one.kind not in QUIET for one in judged.news):
            also.append(("ZADD", keys.TELLING, "NX", keys.micros(now + BURST), task.id))
    written = await store.change(
        task.id,
        move,
        kind="review.observed",
        facts={"news": [one.kind.value for one in judged.news]},
        terms=Terms(same=((keys.looks(task.id), known.version),), also=tuple(also)),
    )
    return judged.model_copy(update={"task": written, "watched": memory})


def packed(memory: Watched) -> bytes:
    """What is remembered, as Redis keeps it."""
    return zlib.compress(memory.model_dump_json(exclude_defaults=True).encode(), 6)


def _unpacked(document: bytes) -> Watched:
    return Watched.model_validate(json.loads(zlib.decompress(document)))
