"""Questions and their answers: which are open, and what an answer does to a run; pure."""

from collections.abc import Sequence

from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.question import Answered, Question, Rewind
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState

_REDOABLE = frozenset({RunState.PREPARING, RunState.GENERATING, RunState.VERIFYING, RunState.HELD})
"""States of a run that can be left for another: what is being opened is opened first."""

_KEPT = ("start", "merges", "target_base", "conversation", "templates", "prompts")
"""What a run that goes back has from the one before."""


def asked(task: Task, run: str, question: str) -> Question | None:
    """A question of the task's run, by the run that asked it and its id."""
    known = task.run.assumptions if task.run else ()
    return next((one for one in known if (one.run, one.id) == (run, question)), None)


def answer_to(task: Task, question: Question) -> Answered | None:
    """What a person said to it, if anybody did."""
    wanted = (question.run, question.id)
    return next((one for one in task.answered if (one.run, one.question) == wanted), None)


def as_answered(run: Run, task: Task) -> Run:
    """A run of the task with its questions as they count: what a person answered is assumed no more.

    An answer that this run has not heard changes nothing in it: that is for the next one.
    """
    heard = {one.id for one in run.feedback}
    counted = tuple(_counted(one, answer_to(task, one), heard) for one in run.assumptions)
    return run if counted == run.assumptions else run.model_copy(update={"assumptions": counted})


def as_feedback(question: Question, answered: Answered) -> Feedback:
    """The answer as the engine gets it."""
    return Feedback(
        id=_feedback_id(question),
        kind=FeedbackKind.ANSWER,
        by=answered.by.name or answered.by.id,
        text=f"To the question “{question.text}” the answer is: {answered.text}",
        at=answered.at,
        criteria=question.criteria,
    )


def overtaking(task: Task) -> tuple[Feedback, ...]:
    """Answers that change what the run at work had assumed itself: for the run after it, not for a round."""
    run = task.run
    if run is None or task.state is not TaskState.RUNNING:
        return ()
    heard = {one.id for one in run.feedback}
    own = {_feedback_id(one) for one in run.assumptions if _in_conversation(one, run)} - heard
    return tuple(one for one in task.feedback if one.id in own)


def overtaken(task: Task) -> bool:
    """True when the run at work is to end, so that another goes on from an answer."""
    return task.run is not None and task.run.state in _REDOABLE and bool(overtaking(task))


def going_back(task: Task) -> dict[str, object]:
    """What a run begins with that goes on where the superseded one asked what was answered otherwise since.

    Nothing when there is no such question, or when the spec has changed: then all is done anew.
    """
    last = task.run
    if last is None or last.state is not RunState.SUPERSEDED or _respecified(task, last):
        return {}
    fresh = {one.id for one in task.feedback} - {one.id for one in last.feedback}
    changed = [one for one in last.assumptions if _feedback_id(one) in fresh and _in_conversation(one, last)]
    if not changed:
        return {}
    first = changed[0]
    said = answer_to(task, first)
    question = _settled(first, said) if said else first
    before = last.assumptions[: last.assumptions.index(first)]
    kept = {name: getattr(last, name) for name in _KEPT}
    return {**kept, "assumptions": (*before, question), "rewind": Rewind(question=question), "head": None}


def attributed(questions: Sequence[Question], run: Run) -> tuple[Question, ...]:
    """The questions with the run that asked each: this one, unless it has them from an earlier one."""
    known = {(one.id, one.call): one.run for one in run.assumptions if one.run}
    return tuple(one.model_copy(update={"run": known.get((one.id, one.call), run.id)}) for one in questions)


def _counted(question: Question, said: Answered | None, heard: set[str]) -> Question:
    if said is None or (said.changed and _feedback_id(question) not in heard):
        return question
    return _settled(question, said)


def _settled(question: Question, said: Answered) -> Question:
    return question.model_copy(update={"chosen": said.text, "settled_by": said.by.name or said.by.id})


def _feedback_id(question: Question) -> str:
    return f"answer:{question.run}:{question.id}"


def _in_conversation(question: Question, run: Run) -> bool:
    # a rework has its predecessor's questions, but not the conversation in which they were asked
    continued = run.rewind is not None and not run.rewind.gone
    return bool(question.call) and (question.run == run.id or continued)


def _respecified(task: Task, last: Run) -> bool:
    return any(one.run == last.id for one in task.versions)
