"""Sums of what people said of runs, by what made them: part of the write that takes a vote.

A hash, field → number: the field is [kind, repository, version of the prompts, engine, yes or no] as JSON.
"""

import json
from collections.abc import Sequence

from jobs.domain.base_model import Frozen
from jobs.domain.task import Task
from jobs.domain.vote import Vote
from jobs.queue import keys
from jobs.queue.connection import Connection, Word


class Usefulness(Frozen):
    """How many answers of each sort a group of runs got."""

    kind: str
    """Sort of change."""
    repository: str
    """Full path of the project."""
    templates: str
    """Version of the prompt library."""
    engine: str
    """Engine and model."""
    useful: int
    """Answers that it was."""
    not_useful: int
    """Answers that it was not."""


def recorded(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The commands that count new and changed votes; nothing when none is."""
    before = {_who(one): one.useful for one in old.votes} if old else {}
    commands: list[Sequence[Word]] = []
    for one in task.votes:
        earlier = before.get(_who(one))
        if earlier is one.useful:
            continue
        commands.append(("HINCRBY", keys.USEFUL, _field(task, useful=one.useful), 1))
        if earlier is not None:
            commands.append(("HINCRBY", keys.USEFUL, _field(task, useful=earlier), -1))
    return commands


async def sums(connection: Connection) -> tuple[Usefulness, ...]:
    """What was said so far, the group with most answers first."""
    reply = await connection.call("HGETALL", keys.USEFUL)
    groups: dict[tuple[str, ...], dict[str, int]] = {}
    for field, number in reply.items():
        *group, answer = json.loads(field)
        groups.setdefault(tuple(group), {})[answer] = int(number)
    found = [
        Usefulness(
            kind=kind,
            repository=repository,
            templates=templates,
            engine=engine,
            useful=said.get("yes", 0),
            not_useful=said.get("no", 0),
        )
        for (kind, repository, templates, engine), said in groups.items()
    ]
    told = [one for one in found if one.useful + one.not_useful > 0]
    return tuple(sorted(told, key=lambda one: (-one.useful - one.not_useful, one.repository, one.kind)))


def _who(vote: Vote) -> tuple[int, str]:
    return vote.run, vote.person.id


def _field(task: Task, *, useful: bool) -> str:
    run = task.run
    made = (run.templates, run.engine) if run else ("", "")
    return json.dumps([task.spec.kind.value, task.spec.repository, *made, "yes" if useful else "no"])
