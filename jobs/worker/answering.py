"""What people say in a task's thread: answers, replies, and whether they are listened to; pure."""

from datetime import datetime

from pydantic import JsonValue

from jobs.domain import answers
from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.order import ordered, unheard
from jobs.domain.question import Answered
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import Task, TaskState
from jobs.worker.consenting import LATE, held
from jobs.worker.moves import AGAIN, retried, settled

LONGEST = 8000
"""Most characters of an answer or a reply: the bot refuses longer ones."""

INVALID = "act.invalid"
"""Nothing was said."""

OVER = frozenset({TaskState.MERGED, TaskState.CLOSED})
"""States in which nothing said changes anything."""


def said(act: Act, task: Task, *, now: datetime) -> tuple[Task, str]:
    """The task after somebody said something in its thread."""
    match act.kind:
        case ActKind.ANSWER:
            return answered(act, task, now=now)
        case ActKind.REPLY:
            return replied(act, task)
        case ActKind.REVISE:
            return revised(task)
    return listening(act, task)


def answered(act: Act, task: Task, *, now: datetime) -> tuple[Task, str]:
    """The task after a question was answered, which is done once.

    What the run had assumed anyway changes nothing. Otherwise a run at work gives way to one that goes on
    from the question, an open merge request is reworked, and else the answer is kept for the next run.
    """
    text = _text(act.payload.get("answer"))
    question = answers.asked(task, str(act.payload.get("run")), str(act.payload.get("question")))
    if not text:
        return task, INVALID
    if question is None or task.state in OVER or answers.answer_to(task, question) is not None:
        return task, LATE
    given = Answered(
        run=question.run,
        question=question.id,
        text=text,
        changed=text != question.chosen,
        by=act.person,
        at=act.at,
    )
    known = task.note(answered=(*task.answered, given))
    if not given.changed:
        return known, "act.answer"
    return _told(known, answers.as_feedback(question, given), now), "act.answer"


def replied(act: Act, task: Task) -> tuple[Task, str]:
    """The task with what was written in its thread: for the next round, or for a run that a click orders."""
    text, ts = _text(act.payload.get("text")), str(act.payload.get("ts"))
    if not text:
        return task, INVALID
    if task.state in OVER or task.muted:
        return task, LATE
    reply = Feedback(
        id=f"reply:{ts}",
        kind=FeedbackKind.REPLY,
        by=act.person.name or act.person.id,
        text=text,
        at=act.at,
    )
    return task.note(feedback=(*task.feedback, *unheard(task, [reply]))), "act.reply"


def revised(task: Task) -> tuple[Task, str]:
    """The task with a run ordered that acts on what was written in its thread."""
    if not any(one.kind is FeedbackKind.REPLY for one in task.feedback):
        return task, LATE
    if task.state is TaskState.IN_REVIEW and task.opened:
        return ordered(task, Purpose.REWORK) or task, "act.revise"
    if task.state in AGAIN:
        return retried(task)[0], "act.revise"
    return task, LATE


def listening(act: Act, task: Task) -> tuple[Task, str]:
    """The task with its thread listened to, or not."""
    on = act.payload.get("on") is True
    return task.note(muted=not on), "act.listen" if on else "act.mute"


def _told(task: Task, answer: Feedback, now: datetime) -> Task:
    known = task.note(feedback=(*task.feedback, answer))
    run = task.run
    if run is not None and held(task) and answers.overtaken(known):
        # nobody is at work on it who would end it
        return settled(known, run.to(RunState.SUPERSEDED, step=""), now)
    if answers.overtaking(known) or not task.opened:
        return known
    return ordered(task, Purpose.REWORK, feedback=[answer]) or known


def _text(value: JsonValue) -> str:
    return value.strip()[:LONGEST] if isinstance(value, str) else ""
