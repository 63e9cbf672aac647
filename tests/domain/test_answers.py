"""What an answer does to a run, by where that stands: pure, so that every worker decides alike."""

import pytest

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.answers import attributed, going_back, overtaken, overtaking
from jobs.domain.confirmed import counted
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.people import Person
from jobs.domain.question import Question, Rewind
from jobs.domain.risk import risk
from jobs.domain.run import Purpose, RunState
from jobs.domain.spec import Criterion
from jobs.domain.task import Task, TaskState
from jobs.domain.version import kept_versions
from jobs.worker.answering import answered, replied
from jobs.worker.moves import begun, settled
from tests.factories import NOON, SHA, a_merge_request, a_patch, a_run, a_spec, a_task, a_verdict

ANA = Person(id="U0ANA", name="ana")


def asked(task: Task, number: int, run: int = 1) -> Question:
    return Question(
        id=f"Q{number}",
        text=f"Which {number}?",
        options=("up", "even"),
        chosen="even",
        step=number,
        tree=f"{number}" * 40,
        call=f"c{run}.{number}",
        run=f"{task.id}-r{run}",
    )


def at_work(state: RunState = RunState.GENERATING, **run: object) -> Task:
    """A task whose run has asked three questions."""
    task = a_task(state=TaskState.RUNNING, waiting=None, runs=1)
    questions = tuple(asked(task, number) for number in (1, 2, 3))
    facts = {"assumptions": questions, "start": SHA, "conversation": "key", "templates": "t", **run}
    return task.note(run=a_run(task, state=state, **facts))


def answer(task: Task, number: int, text: str = "up", run: int = 1) -> Task:
    payload = {"run": f"{task.id}-r{run}", "question": f"Q{number}", "answer": text}
    act = Act(id=f"a{number}", task=task.id, kind=ActKind.ANSWER, person=ANA, payload=payload, at=NOON)
    return answered(act, task, now=NOON)[0]


def ended(task: Task, state: RunState, **facts: object) -> Task:
    assert task.run is not None
    return settled(task, task.run.to(state, **facts), NOON)


def started(task: Task) -> Task:
    found = begun(task, NOON)
    assert found is not None
    return found


@pytest.mark.parametrize("state", [RunState.GENERATING, RunState.VERIFYING])
def test_the_next_run_begins_at_the_earliest_answered_question(state: RunState) -> None:
    task = answer(answer(at_work(state), 3), 2)
    assert overtaken(task) and len(overtaking(task)) == 2
    run = started(ended(task, RunState.SUPERSEDED)).run
    assert run is not None and run.rewind is not None
    assert [(one.id, one.chosen, one.settled_by) for one in run.assumptions] == [
        ("Q1", "even", ""),
        ("Q2", "up", "ana"),
    ]
    assert (run.number, run.rewind.question.id, run.start, run.conversation) == (2, "Q2", SHA, "key")
    assert sorted(one.id for one in run.feedback) == [f"answer:{run.task}-r1:Q{n}" for n in (2, 3)]


def test_what_was_assumed_overtakes_nothing_and_an_answer_stays_the_first() -> None:
    task = answer(at_work(), 1, "even")
    assert (overtaken(task), task.feedback) == (False, ())
    assert answer(task, 1, "up") == task
    assert answer(task, 9) == task and answer(task, 1, run=7) == task, "no such question"


def test_a_held_run_has_no_worker_and_gives_way_at_once() -> None:
    task = answer(at_work(RunState.HELD), 1)
    assert task.run is not None
    assert (task.state, task.run.state) == (TaskState.WAITING, RunState.SUPERSEDED)


def test_what_is_being_opened_is_opened_and_reworked_then() -> None:
    task = answer(at_work(RunState.OPENING), 1)
    assert not overtaken(task)
    task = ended(task, RunState.DELIVERED, merge_request=a_merge_request())
    assert (task.state, task.purpose) == (TaskState.WAITING, Purpose.REWORK)
    run = started(task).run
    assert run is not None and (run.rewind, run.conversation) == (None, None)
    assert [one.kind for one in run.feedback] == [FeedbackKind.ANSWER]


def test_a_rework_does_not_go_back_to_a_question_of_the_run_before() -> None:
    task = at_work(purpose=Purpose.REWORK, id="cg-nd9r032j-r2", number=2).note(
        runs=2, merge_request=a_merge_request()
    )
    assert task.run is not None
    first = asked(task, 1)
    task = answer(task.note(run=task.run.model_copy(update={"assumptions": (first,)})), 1)
    assert not overtaken(task) and task.purpose is Purpose.REWORK
    assert [one.kind for one in task.feedback] == [FeedbackKind.ANSWER], "its next round takes it"


def test_a_run_that_went_back_goes_back_again_also_to_an_older_question() -> None:
    task = started(ended(answer(at_work(), 2), RunState.SUPERSEDED))
    assert task.run is not None and task.run.number == 2
    task = answer(task, 1)
    assert overtaken(task)
    run = started(ended(task, RunState.SUPERSEDED)).run
    assert run is not None and run.rewind is not None and run.rewind.question.id == "Q1"
    assert [one.id for one in run.assumptions] == ["Q1"]


def test_where_all_was_done_again_the_old_questions_are_gone() -> None:
    task = started(ended(answer(at_work(), 2), RunState.SUPERSEDED))
    assert task.run is not None and task.run.rewind is not None
    gone = Rewind(question=task.run.rewind.question, gone=True)
    task = task.note(run=task.run.note(rewind=gone, assumptions=(), conversation=None))
    assert answer(task, 1) == task


def test_a_new_version_of_the_spec_is_not_built_on_old_messages() -> None:
    task = ended(answer(at_work(), 2), RunState.SUPERSEDED)
    spec = a_spec(criteria=(Criterion(id="AC1", text="Something else is true"),))
    task = task.note(spec=spec, spec_version=2, versions=kept_versions(task))
    assert going_back(task) == {}
    run = started(task).run
    assert run is not None and (run.rewind, run.conversation) == (None, None)
    assert [one.kind for one in run.feedback] == [FeedbackKind.ANSWER]


def test_a_reply_that_no_round_took_orders_no_run_by_itself() -> None:
    act = Act(
        id="r", task="cg-x", kind=ActKind.REPLY, person=ANA, payload={"text": "Nice.", "ts": "1"}, at=NOON
    )
    task, _ = replied(act, at_work(RunState.OPENING))
    task = ended(task, RunState.DELIVERED, merge_request=a_merge_request())
    assert (task.state, [one.text for one in task.feedback]) == (TaskState.IN_REVIEW, ["Nice."])
    said = Feedback(id="note:1", kind=FeedbackKind.COMMENT, by="ben", text="Why?", at=NOON)
    task = at_work(RunState.OPENING).note(feedback=(*task.feedback, said))
    task = ended(task, RunState.DELIVERED, merge_request=a_merge_request())
    assert task.state is TaskState.WAITING and len(task.feedback) == 2, "another run takes it along"


def test_questions_keep_the_run_that_asked_them() -> None:
    task = at_work()
    assert task.run is not None
    known = task.run.assumptions[0]
    run = task.run.model_copy(update={"id": f"{task.id}-r2", "assumptions": (known,)})
    fresh = known.model_copy(update={"call": "other", "run": ""})
    told = attributed((known.model_copy(update={"run": ""}), fresh), run)
    assert [one.run for one in told] == [f"{task.id}-r1", f"{task.id}-r2"]


def test_the_rejected_run_keeps_the_answer_for_the_next() -> None:
    task = at_work(RunState.VERIFYING, patch=a_patch(), verdict=a_verdict())
    task = answer(ended(task, RunState.REJECTED), 1)
    assert (task.state, len(task.feedback), task.runs) == (TaskState.REJECTED, 1, 1)


def test_what_a_person_kept_is_assumed_no_more_and_another_answer_counts_once_it_was_heard() -> None:
    task = answer(answer(at_work(RunState.VERIFYING, verdict=a_verdict()), 1, "even"), 2, "up")
    run = counted(task)
    assert run is not None
    assert [(one.chosen, one.settled_by) for one in run.assumptions] == [
        ("even", "ana"),
        ("even", ""),
        ("even", ""),
    ]
    assert risk(run).minutes == risk(task.run or run).minutes - 3
    heard = counted(task.note(run=run.model_copy(update={"feedback": task.feedback})))
    assert heard is not None and (heard.assumptions[1].chosen, heard.assumptions[1].settled_by) == (
        "up",
        "ana",
    )
