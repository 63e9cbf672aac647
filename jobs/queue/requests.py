"""The index of merge requests that are watched; written with the record of the task."""

from collections.abc import Sequence
from datetime import datetime

from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.queue import keys
from jobs.queue.connection import Word

_WATCHED = frozenset({TaskState.IN_REVIEW, TaskState.WAITING, TaskState.RUNNING, TaskState.CLOSED})


def is_watched(task: Task) -> bool:
    """True for a task whose merge request people may act on."""
    return task.merge_request is not None and task.state in _WATCHED


def moves(old: Task | None, task: Task, at: datetime) -> list[Sequence[Word]]:
    """The commands that begin or end the watch, or bring the next look forward after a push."""
    was, now = bool(old and is_watched(old)), is_watched(task)
    commands: list[Sequence[Word]] = []
    if now and (not was or _delivered(old, task)):
        commands.append(("ZADD", keys.WATCH, round(at.timestamp() * 1_000_000), task.id))
    if was and not now:
        commands.append(("ZREM", keys.WATCH, task.id))
    name, before = _name(task), _name(old) if old else None
    if name and name != before:
        commands.append(("HSET", keys.REQUESTS, name, task.id))
    return commands


def _delivered(old: Task | None, task: Task) -> bool:
    done = task.run is not None and task.run.state is RunState.DELIVERED
    return done and (old is None or old.run is None or old.run.state is not RunState.DELIVERED)


def _name(task: Task) -> str | None:
    request = task.merge_request
    return f"{request.project}!{request.iid}" if request else None
