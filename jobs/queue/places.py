"""Where a task stands in Redis: in a lane, among those to look at again, or among the claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.domain.plan import ANYTIME, Priority
from jobs.domain.task import Task, TaskState, Waiting
from jobs.domain.wait import Claim, claim
from jobs.queue import keys
from jobs.queue.connection import Word

IN_LANE = frozenset({None, Waiting.WORKER, Waiting.CAP, Waiting.FAIR_SHARE, Waiting.WINDOW})
"""Reasons that no change of the task itself ends: it stands in line."""

BUDGET = "budget"
"""What a task waits for by name when there is no money for it."""

LANES = "lanes"
"""What the wake says when it is a lane that got something, and no arq queue."""

EVERYWHERE = "*"
"""Stands for all repositories together."""

RANKS = (Priority.HIGH, Priority.NORMAL, Priority.LOW)
"""In the order they go."""

_RANK = 2**43
_NOW = 0


@dataclass(frozen=True)
class Pool:
    """Tasks that the same conditions hold back: a repository's cap, a toolchain, a window."""

    repository: str
    """Full path of the project."""
    toolchain: str
    """What a worker must have; empty for any worker."""
    window: str
    """Name of the window; empty for none."""

    @classmethod
    def of(cls, task: Task) -> "Pool":
        """The pool of a task."""
        window = task.plan.window
        return cls(
            task.spec.repository, task.plan.toolchain or "", "" if window in (None, ANYTIME) else str(window)
        )

    @classmethod
    def read(cls, text: str) -> "Pool":
        """The pool as it is spelled in Redis."""
        repository, toolchain, window = text.rsplit("|", 2)
        return cls(repository, toolchain, window)

    def __str__(self) -> str:
        return f"{self.repository}|{self.toolchain}|{self.window}"


def in_lane(task: Task) -> bool:
    """True for a task that waits for its turn only."""
    return task.state is TaskState.WAITING and task.waiting in IN_LANE


def lane_of(task: Task) -> str:
    """Name of the lane: the channel, and the person in it."""
    return f"{task.thread.channel if task.thread else '-'}|{task.requester.id}"


def place(task: Task) -> int:
    """Where in its lane: by priority, then by age in milliseconds."""
    return RANKS.index(task.plan.priority) * _RANK + round(task.created_at.timestamp() * 1000)


def moves(old: Task | None, task: Task, at: datetime) -> list[Sequence[Word]]:
    """The commands that bring a task from one place to the next; LEAVE and STIR are commit's own."""
    return [
        *_proposed(old, task),
        *_lanes(old, task, at),
        *_looking(old, task),
        *_awaiting(old, task),
        *_active(old, task),
    ]


def _proposed(old: Task | None, task: Task) -> list[Sequence[Word]]:
    if _unseen(old) == _unseen(task):
        return []
    if not _unseen(task):
        return [("ZREM", keys.UNSEEN, task.id)]
    return [("ZADD", keys.UNSEEN, keys.micros(task.created_at), task.id)]


def _unseen(task: Task | None) -> bool:
    return task is not None and task.state is TaskState.PROPOSED and not task.looked_at


def waking(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The news that a task may start from now on: its place in line or its head message has come to be."""
    if not in_lane(task):
        return []
    headed = bool(old and old.thread and old.thread.ts is None and task.thread and task.thread.ts)
    fresh = old is None or not in_lane(old)
    return [("PUBLISH", keys.WAKE, LANES)] if fresh or headed else []


def _lanes(old: Task | None, task: Task, at: datetime) -> list[Sequence[Word]]:
    before = _standing(old) if old else None
    now = _standing(task)
    if before == now:
        return []
    commands: list[Sequence[Word]] = []
    if before:
        commands.append(("LEAVE", *before[:2], task.id))
    if now:
        pool, lane, score = now
        commands += [
            ("ZADD", keys.lane(pool, lane), score, task.id),
            ("SADD", keys.lanes(pool), lane),
            ("SADD", keys.POOLS, pool),
        ]
    if bool(before) != bool(now):
        ready = ("ZADD", keys.READY, keys.micros(at), task.id)
        commands.append(ready if now else ("ZREM", keys.READY, task.id))
    return commands


def _standing(task: Task) -> tuple[str, str, int] | None:
    return (str(Pool.of(task)), lane_of(task), place(task)) if in_lane(task) else None


def _looking(old: Task | None, task: Task) -> list[Sequence[Word]]:
    was = bool(old and _outside(old))
    if task.plan.stack and task.state is TaskState.IN_REVIEW:
        # what happened to its parent while a run was at work is looked at now
        entered = old is None or old.state is not task.state
        return [("ZADD", keys.LOOK, _NOW, task.id)] if entered else []
    if not _outside(task):
        return [("ZREM", keys.LOOK, task.id)] if was else []
    changed = old is None or (old.state, old.plan, old.spec) != (task.state, task.plan, task.spec)
    at = task.waits.at if task.waits else None
    if at and not changed:
        return [("ZADD", keys.LOOK, keys.micros(at), task.id)]
    # a decision that moves a task out of its lane was made without its news being waited for
    return [("ZADD", keys.LOOK, _NOW, task.id)] if changed or not was else []


def _outside(task: Task) -> bool:
    return task.state is TaskState.WAITING and not in_lane(task)


def _awaiting(old: Task | None, task: Task) -> list[Sequence[Word]]:
    before, now = awaits(old) if old else frozenset(), awaits(task)
    commands: list[Sequence[Word]] = [("SADD", keys.awaited(one), task.id) for one in sorted(now - before)]
    commands += [("SREM", keys.awaited(one), task.id) for one in sorted(before - now)]
    if old and old.state is not task.state:
        commands.append(("STIR", keys.awaited(task.id)))
    return commands


def awaits(task: Task) -> frozenset[str]:
    """Names whose news make a new decision about this task necessary."""
    if task.plan.stack and task.state in (TaskState.RUNNING, TaskState.IN_REVIEW):
        return frozenset(task.plan.depends_on)
    if task.state is not TaskState.WAITING:
        return frozenset()
    named = [task.waits.task] if task.waits and task.waits.task else []
    money = [BUDGET] if task.waiting is Waiting.BUDGET else []
    return frozenset([*task.plan.depends_on, *named, *money])


def _active(old: Task | None, task: Task) -> list[Sequence[Word]]:
    commands: list[Sequence[Word]] = []
    was, runs = bool(old and old.at_work), task.at_work
    if was != runs:
        word = "SADD" if runs else "SREM"
        commands += [(word, keys.running(place), task.id) for place in (EVERYWHERE, task.spec.repository)]
    if (bool(old and _held(old))) != _held(task):
        commands += [("SADD" if _held(task) else "SREM", keys.HELD, task.id)]
    before, now = (claim(old) if old else None), claim(task)
    if before != now:
        repository = task.spec.repository
        changed = ("HSET", keys.claims(repository), task.id, now.model_dump_json()) if now else None
        commands += [changed or ("HDEL", keys.claims(repository), task.id)]
        commands += [("INCR", keys.claimed(repository))]
    return commands


def _held(task: Task) -> bool:
    return task.state is TaskState.RUNNING and not task.at_work


def read_claims(raw: dict[bytes, bytes]) -> tuple[Claim, ...]:
    """A repository's claims as Redis has them."""
    return tuple(Claim.model_validate_json(one) for one in raw.values())
