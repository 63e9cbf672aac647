"""Consents and confirmations: who may give them, whether they are still asked for, what they carry."""

from pydantic import JsonValue

from bot.access import GRANTED
from jobs.domain.action import ActKind
from jobs.domain.confirmed import counted, to_confirm
from jobs.domain.people import Access, Person
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.settings import OperatorFile

KINDS = frozenset({ActKind.CONSENT, ActKind.CONFIRM})
"""Acts that another person than the requester does."""


def may_decide(operator: OperatorFile, *, kind: ActKind, task: Task, person: Person) -> Access:
    """Whether it is for this person to say."""
    repository, requester = task.spec.repository, task.requester.id
    if kind is ActKind.CONFIRM:
        allowed = operator.may_confirm(repository, requester=requester, person=person.id)
        return GRANTED if allowed else Access(granted=False, reason="not_yours_to_confirm")
    if person.id in operator.consenting(repository, requester=requester):
        return GRANTED
    return Access(granted=False, reason="not_yours_to_allow")


def is_open(task: Task, kind: ActKind, payload: dict[str, JsonValue]) -> bool:
    """Whether the question that was clicked is still open."""
    run = counted(task)
    if run is None:
        return False
    if kind is ActKind.CONSENT:
        held = run.hold if run.state is RunState.HELD else None
        return held is not None and held.id == payload.get("hold")
    reviewed = task.state is TaskState.IN_REVIEW and run.number == payload.get("run")
    return reviewed and payload.get("criterion") in to_confirm(run)
