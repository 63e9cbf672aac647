"""Where a task is found and what of it is owed: the commands that keep every index true with its record."""

from collections.abc import Sequence

from jobs.domain.origin import issue_of
from jobs.queue import keys, places, requests, threads
from jobs.queue.chronicle import news, reason_of
from jobs.queue.connection import Word
from jobs.queue.write import Write

SAY_WITHIN = 5.0
"""Seconds a change of state may go unsaid before whoever looks next says it."""

HEAD_WITHIN = 15.0
"""Seconds the bot has for posting a head message; posting it from elsewhere meanwhile would double it."""

ACT_KEPT = 30 * 24 * 3600
"""Seconds an executed act is remembered, so that a late double does nothing."""


def indexed(write: Write, kind: str) -> list[Sequence[Word]]:
    """The commands that go with a write whose event is of this kind."""
    return [
        *_found(write),
        *_speaking(write),
        *_telling_batch(write),
        *_telling_issue(write),
        *_acting(write, kind),
    ]


def _found(write: Write) -> Sequence[Sequence[Word]]:
    old, task = write.old.task if write.old else None, write.task
    born = keys.micros(task.created_at)
    commands: list[Sequence[Word]] = []
    if old is None:
        commands += [("ZADD", keys.ALL, born, task.id)]
        commands += [("ZADD", keys.by_requester(task.requester.id), born, task.id)]
        if task.thread:
            commands += [("ZADD", keys.by_channel(task.thread.channel), born, task.id)]
    if old is None or old.state is not task.state:
        commands += [("ZREM", keys.by_state(old.state), task.id)] if old else []
        commands += [("ZADD", keys.by_state(task.state), born, task.id)]
    before, after = reason_of(old), reason_of(task)
    if before != after:
        commands += [("HINCRBY", keys.REASONS, before, -1)] if before else []
        commands += [("HINCRBY", keys.REASONS, after, 1)] if after else []
    at = task.updated_at
    commands += threads.moves(old, task)
    return [*commands, *places.moves(old, task, at), *requests.moves(old, task, at)]


def _speaking(write: Write) -> Sequence[Sequence[Word]]:
    old, task = write.old.task if write.old else None, write.task
    if task.thread is None:
        return ()
    if news(old, task):
        within = SAY_WITHIN if old or task.thread.ts else HEAD_WITHIN
        due = keys.micros(task.updated_at) + round(within * 1_000_000)
        return (("ZADD", keys.UNSAID, due, task.id),)
    posted = old and old.thread and old.thread.ts is None and task.thread.ts is not None
    return (("ZREM", keys.UNSAID, task.id),) if posted and task.run is None else ()


def _telling_batch(write: Write) -> Sequence[Sequence[Word]]:
    old, task = write.old.task if write.old else None, write.task
    if task.batch is None or task.thread is None or not news(old, task):
        return ()
    return (("ZADD", keys.BATCHES_UNSAID, keys.micros(task.updated_at), task.batch.id),)


def _telling_issue(write: Write) -> Sequence[Sequence[Word]]:
    """Whoever wrote the issue that a task was made from reads there how it goes."""
    old, known = write.old.task if write.old else None, issue_of(write.task.origin)
    if known is None or (old is not None and old.state is write.task.state):
        return ()
    return (("SADD", keys.ISSUES, f"{known[0]}#{known[1]}"),)


def _acting(write: Write, kind: str) -> Sequence[Sequence[Word]]:
    if not write.act:
        return ()
    key = keys.act(write.act)
    return (
        ("HSET", key, "outcome", kind),
        ("EXPIRE", key, ACT_KEPT),
        ("ZREM", keys.PENDING, write.act),
    )
