"""A question in the thread: its options with buttons while it is open, who said what once it is not."""

import pytest
from hypothesis import given, settings

from jobs import messages
from jobs.domain.batch import Membership
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.people import Person
from jobs.domain.question import Answered, Question, Rewind
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from tests.factories import NOON, a_run, a_task
from tests.messages.test_thread import HOSTILE, fits, text_of

ASKED = Question(
    id="Q1",
    text="Which mode?",
    options=("half up", "half even"),
    chosen="half even",
    criteria=("AC1",),
    run="cg-x-r1",
)


def a_running_task(**fields: object) -> Task:
    return a_task(state=TaskState.RUNNING, waiting=None, **fields)


def said(text: str) -> Answered:
    changed = text != ASKED.chosen
    return Answered(run=ASKED.run, question="Q1", text=text, changed=changed, by=Person(id="U0MAX"), at=NOON)


def test_an_open_question_marks_what_was_assumed_in_words() -> None:
    message = messages.question(a_running_task(), ASKED)
    assert message.text == "*A question came up:* Which mode?"
    buttons = [one["accessory"] for one in message.blocks if "accessory" in one]
    assert [one["text"]["text"] for one in buttons if isinstance(one, dict)] == ["Choose this", "Keep this"]  # type: ignore[index, call-overload]
    assert "*half even* (assumed)" in text_of(message) and "It touches AC1." in text_of(message)


@pytest.mark.parametrize(
    ("answer", "state", "gone", "words"),
    [
        ("half even", TaskState.RUNNING, False, "nothing runs again"),
        ("half up", TaskState.RUNNING, False, "The work goes on with that"),
        ("half up", TaskState.RUNNING, True, "all of it is done again"),
        ("half up", TaskState.REJECTED, False, "once the task is retried"),
    ],
)
def test_an_answered_one_says_who_and_what_follows(
    answer: str, state: TaskState, gone: bool, words: str
) -> None:
    rewind = Rewind(question=ASKED, gone=True) if gone else None
    task = a_running_task(answered=(said(answer),), run=a_run(rewind=rewind)).note(state=state)
    message = messages.question(task, ASKED)
    assert f"<@U0MAX> says: *{answer}*." in text_of(message) and words in text_of(message)
    assert len(message.blocks) == 1, "no button is left"


def test_nothing_is_asked_about_a_change_that_is_merged() -> None:
    task = a_running_task().note(state=TaskState.MERGED)
    message = messages.question(task, ASKED)
    assert (len(message.blocks), messages.is_open(task, ASKED)) == (1, False)
    assert "No answer is needed any more" in message.text


@settings(max_examples=30)
@given(text=HOSTILE)
def test_whatever_is_asked_and_said_fits(text: str) -> None:
    asked = Question(id="Q1", text=text, options=(text,) * 6, chosen=text, criteria=(text,), run="cg-x-r1")
    reply = Feedback(id="reply:1", kind=FeedbackKind.REPLY, by=text, text=text, at=NOON)
    ended = a_run(state=RunState.REJECTED, ended_at=NOON, assumptions=(asked,))
    task = a_task(state=TaskState.REJECTED, waiting=None, run=ended, feedback=(reply,) * 7)
    answered = task.note(answered=(said(text or "x"),))
    for message in (
        messages.question(task, asked),
        messages.question(answered, asked),
        messages.question_over(task, "key", messages.one_line(text, 300)),
        messages.replies(task),
    ):
        fits(message)


def test_in_a_batchs_thread_it_names_its_task() -> None:
    task = a_running_task(batch=Membership(id="b-1", name="one"))
    assert f"`{task.id}` · Round half up" in text_of(messages.question(task, ASKED))
    assert f"`{task.id}`" not in text_of(messages.question(a_running_task(), ASKED))
