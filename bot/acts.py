"""From a click or a word to an Act: who may, whether it makes sense now, and the answer to the person."""

from pydantic import Field, JsonValue

from bot import access, consent, say
from bot.door import Door
from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.answers import answer_to, asked
from jobs.domain.base_model import Frozen
from jobs.domain.people import Access, Person
from jobs.domain.task import Task, TaskState
from jobs.messages import diff_offered, pending

_OVER = frozenset({TaskState.MERGED, TaskState.CLOSED})
_SENTENCES = {ActKind.REPLY: "nothing_to_say", ActKind.ANSWER: "no_question", ActKind.REVISE: "nothing_kept"}
"""What is said when an act is not possible, where the usual sentence would not help."""

_POSSIBLE = {
    ActKind.CANCEL: frozenset({TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING}),
    ActKind.QUEUE: frozenset({TaskState.PROPOSED}),
    ActKind.EDIT: frozenset(TaskState) - {TaskState.RUNNING, TaskState.MERGED, TaskState.CLOSED},
    ActKind.RETRY: frozenset(
        {TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED, TaskState.IN_REVIEW}
    ),
    ActKind.REQUEST_CHANGES: frozenset({TaskState.IN_REVIEW, TaskState.WAITING, TaskState.RUNNING}),
    ActKind.REPLY: frozenset(TaskState) - _OVER,
    ActKind.LISTEN: frozenset(TaskState) - _OVER,
    ActKind.REBASE: frozenset({TaskState.IN_REVIEW}),
    ActKind.MERGE: frozenset({TaskState.IN_REVIEW}),
    ActKind.CLOSE: frozenset({TaskState.IN_REVIEW}),
    ActKind.PRIORITY: frozenset({TaskState.WAITING}),
}


class Click(Frozen):
    """What a person asked for, before it is known whether they may."""

    id: str
    """Where it came from: the same click has the same id."""
    task: str
    """Task id, as typed or from the button."""
    kind: ActKind
    """What to do."""
    person: Person
    """Who asks."""
    payload: dict[str, JsonValue] = Field(default_factory=dict)
    """What belongs to it, by kind."""


async def put(click: Click, *, channel: str, door: Door) -> str | None:
    """Put an act in for a worker, or say why not; returns the sentence for the person.

    None for a click that was taken before: Slack delivered it twice, the person has their answer.
    """
    task, refusal = await permitted(click, channel=channel, door=door)
    if task is None:
        return refusal
    fresh = await door.line.act(act_of(click, task, door))
    kind = "refuse" if click.payload.get("allow") is False else click.kind.value
    kind = "vote_no" if click.payload.get("useful") is False else kind
    return say.answer(kind, task=task.id) if fresh else None


async def permitted(click: Click, *, channel: str, door: Door) -> tuple[Task | None, str]:
    """The task that a click is about, or None and the sentence that refuses it."""
    task = await door.tasks.get(click.task)
    visible = task and access.may_see(door.operator, task=task, channel=channel, person=click.person)
    if task is None or not visible:
        return None, say.answer("unknown_task", task=click.task)
    allowed = _may(click, task, channel, door)
    if allowed.granted:
        allowed = await door.directory.admits(person=click.person.id, channel=channel)
    if not allowed.granted:
        return None, say.refusal(allowed, door.operator, channel=channel, person=click.person, task=task)
    if not _possible(click, task):
        state = task.state.value.replace("_", " ")
        words = _SENTENCES.get(click.kind, "not_now")
        return None, say.answer(words, task=task.id, state=state, verb=click.kind.value.replace("_", " "))
    return task, ""


def act_of(click: Click, task: Task, door: Door) -> Act:
    """The act that a click stands for."""
    return Act(
        id=click.id, task=task.id, kind=click.kind, person=click.person, payload=click.payload, at=door.now()
    )


def _may(click: Click, task: Task, channel: str, door: Door) -> Access:
    if click.kind in consent.KINDS:
        return consent.may_decide(door.operator, kind=click.kind, task=task, person=click.person)
    if click.kind is ActKind.DIFF:
        return access.may_read(door.operator, task=task, channel=channel)
    if click.kind is ActKind.VOTE:
        return access.GRANTED
    return access.may_act(door.operator, task=task, person=click.person)


def _possible(click: Click, task: Task) -> bool:
    if click.kind in consent.KINDS:
        return consent.is_open(task, click.kind, click.payload)
    if click.kind is ActKind.ANSWER:
        question = asked(task, str(click.payload.get("run")), str(click.payload.get("question")))
        return question is not None and answer_to(task, question) is None and task.state not in _OVER
    if click.kind is ActKind.REVISE:
        return bool(pending(task))
    if click.kind in (ActKind.DIFF, ActKind.VOTE):
        known = task.run is not None and task.run.number == click.payload.get("run")
        return known and (click.kind is ActKind.VOTE or diff_offered(task.run))
    return task.state in _POSSIBLE[click.kind]
