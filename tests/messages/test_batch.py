"""One message for a whole batch, within Slack's limits whatever is in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import messages
from jobs.domain.batch import MOST, Batch, Membership
from jobs.domain.people import Person
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState, Thread, Waiting
from jobs.domain.verdict import EvidenceStatus
from jobs.messages.batch import review_minutes
from playground.slack.validate import message_blocks
from tests.factories import (
    NOON,
    a_merge_request,
    a_patch,
    a_run,
    a_spec,
    a_spend,
    a_task,
    a_verdict,
    an_evidence,
)
from tests.messages.test_thread import HOSTILE, fits, text_of


def a_batch(tasks: list[Task], **fields: object) -> Batch:
    return Batch.model_validate(
        {
            "id": "cb-1a2b3c4d",
            "title": "Docs of the week",
            "requester": Person(id="U0ANA"),
            "channel": "C0PAY",
            "ts": "1700000000.000100",
            "tasks": tuple(one.id for one in tasks),
            "created_at": NOON,
        }
        | fields
    )


def a_member(number: int, state: TaskState, *, open_: bool = False, title: str = "Describe totals") -> Task:
    task = a_task(
        origin=f"cb/{number}",
        spec=a_spec(title=title[:150]),
        batch=Membership(id="cb-1a2b3c4d", name=f"t{number}"),
        thread=Thread(channel="C0PAY"),
    )
    if state is TaskState.WAITING:
        return task
    request = a_merge_request(iid=number + 1) if state is TaskState.IN_REVIEW else None
    evidence = an_evidence(status=EvidenceStatus.NOT_PROVEN, strength=None) if open_ else an_evidence()
    run = a_run(
        task,
        state=RunState.DELIVERED if request else RunState.STOPPED,
        ended_at=NOON,
        patch=a_patch(),
        verdict=a_verdict(evidence=(evidence,)),
        spend=a_spend(),
        merge_request=request,
    )
    return task.note(state=state, waiting=None, run=run, merge_request=request, spend=run.spend)


def test_the_table_shows_states_evidence_and_merge_requests() -> None:
    tasks = [a_member(0, TaskState.WAITING), a_member(1, TaskState.IN_REVIEW), a_member(2, TaskState.STOPPED)]
    message = messages.batch_head(a_batch(tasks), tasks)
    text = text_of(message)
    assert "1 waiting · 1 in review · 1 stopped · $0.24" in text
    assert "waiting: worker" in text
    assert "1 of 1 proven" in text
    assert "!2" in text
    message_blocks(list(message.blocks))


def test_the_digest_is_ordered_by_review_effort() -> None:
    hard, easy = a_member(0, TaskState.IN_REVIEW, open_=True), a_member(1, TaskState.IN_REVIEW)
    lost = a_member(2, TaskState.STOPPED)
    assert review_minutes(hard) > review_minutes(easy) > 0
    message = messages.batch_digest(a_batch([hard, easy, lost]), [hard, easy, lost])
    text = text_of(message)
    assert text.index("|!2>") < text.index("|!1>")
    total = review_minutes(hard) + review_minutes(easy)
    assert f"Ready to review: about {total} min in all." in text
    assert f"stopped, `{lost.id}`" in text
    assert message.thread_ts == "1700000000.000100"


@settings(max_examples=15, deadline=None)
@given(
    title=HOSTILE, count=st.integers(1, MOST), state=st.sampled_from([TaskState.IN_REVIEW, TaskState.WAITING])
)
def test_any_batch_fits(title: str, count: int, state: TaskState) -> None:
    tasks = [a_member(number, state, title=title) for number in range(count)]
    if state is TaskState.WAITING:
        tasks = [one.note(waiting=Waiting.DEPENDENCY) for one in tasks]
    for message in (
        messages.batch_head(a_batch(tasks, title=title), tasks),
        messages.batch_digest(a_batch(tasks, title=title), tasks),
    ):
        fits(message)
        message_blocks(list(message.blocks))
