"""Questions and offers in a thread: written when they change, settled when they are over, never twice."""

from datetime import UTC, datetime

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.feedback import FeedbackKind
from jobs.domain.people import Person
from jobs.domain.question import Answered, Question
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import Task, TaskState
from jobs.queue.store import Store
from jobs.worker.answering import listening, replied, revised
from jobs.worker.asking import ask
from tests.factories import NOON, a_merge_request, a_run, a_task
from tests.worker.fakes import FakeMessenger

ONE = Question(id="Q1", text="Which mode?", options=("up", "even"), chosen="even", run="cg-x-r1", call="c")
TWO = ONE.model_copy(update={"id": "Q2", "text": "Which currency?"})


def an_act(task: Task, kind: ActKind, **payload: object) -> Act:
    data = {"id": "1", "task": task.id, "kind": kind, "person": Person(id="U0ANA", name="ana"), "at": NOON}
    return Act.model_validate({**data, "payload": payload})


def a_reply(task: Task, text: str, ts: str = "5.000001") -> Task:
    return replied(an_act(task, ActKind.REPLY, text=text, ts=ts), task)[0]


async def test_each_is_said_when_it_changes_and_at_no_other_time(store: Store) -> None:
    slack = FakeMessenger()
    run = a_run(state=RunState.GENERATING, assumptions=(ONE, TWO))
    task, _ = await store.create(a_task(state=TaskState.RUNNING, waiting=None, run=run, runs=1))
    for _ in range(3):
        await ask(task, store=store, messenger=slack)
    assert [one.text for one in slack.versions] == [
        "*A question came up:* Which mode?",
        "*A question came up:* Which currency?",
    ]
    answer = Answered(run=ONE.run, question="Q1", text="up", changed=True, by=Person(id="U0ANA"), at=NOON)
    task = await store.change(task.id, lambda now: now.note(answered=(answer,)))
    await ask(task, store=store, messenger=slack)
    assert slack.texts[2:] == ["*Answered.* Which mode?"]
    fresh = run.model_copy(update={"assumptions": (ONE,)})
    task = await store.change(task.id, lambda now: now.note(run=fresh))
    for _ in range(2):
        await ask(task, store=store, messenger=slack)
    assert slack.texts[3:] == ["*No answer is needed any more.* Which currency?"]


async def test_replies_after_the_end_wait_for_a_click_and_are_settled_then(store: Store) -> None:
    slack = FakeMessenger()
    run = a_run(state=RunState.DELIVERED, ended_at=NOON)
    request = a_merge_request()
    task, _ = await store.create(
        a_task(state=TaskState.IN_REVIEW, waiting=None, run=run, runs=1, merge_request=request)
    )
    task = await store.change(task.id, lambda now: a_reply(now, "Mind notes."))
    await ask(task, store=store, messenger=slack)
    assert task.state is TaskState.IN_REVIEW and "ana: Mind notes." in str(slack.versions[-1].blocks)
    assert "replies_revise" in str(slack.versions[-1].blocks)
    task = await store.change(task.id, lambda now: revised(now)[0])
    assert (task.state, task.purpose) == (TaskState.WAITING, Purpose.REWORK)
    assert [one.kind for one in task.feedback] == [FeedbackKind.REPLY]
    await ask(task, store=store, messenger=slack)
    assert (len(slack.versions), slack.texts[-1]) == (2, "*Taken into account* by the run that followed.")


def test_the_same_reply_is_kept_once_and_not_while_muted() -> None:
    task = a_reply(a_reply(a_task(), "Mind notes."), "Mind notes.")
    assert [one.id for one in task.feedback] == ["reply:5.000001"]
    muted, kind = listening(an_act(task, ActKind.LISTEN, on=False), task)
    assert (kind, a_reply(muted, "more", "6.000001").feedback) == ("act.mute", task.feedback)
    heard, kind = listening(an_act(task, ActKind.LISTEN, on=True), muted)
    assert (kind, len(a_reply(heard, "more", "6.000001").feedback)) == ("act.listen", 2)


def test_a_retry_takes_what_was_written_and_nothing_is_revised_without_words() -> None:
    over = a_task(state=TaskState.REJECTED, waiting=None, updated_at=datetime.now(UTC))
    assert revised(over) == (over, "act.late")
    task, kind = revised(a_reply(over, "Mind notes."))
    assert (task.state, kind, len(task.feedback)) == (TaskState.WAITING, "act.revise", 1)
    merged = a_task(state=TaskState.MERGED, waiting=None)
    assert replied(an_act(merged, ActKind.REPLY, text="x", ts="1"), merged) == (merged, "act.late")
