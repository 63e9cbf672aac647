"""What people ask of an open merge request: reworks and updates are ordered, the rest goes to GitLab once."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.feedback import FeedbackKind
from jobs.domain.people import Person
from jobs.domain.review import MergeRequestState
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import Task, TaskState
from jobs.errors import Stop, Transient
from jobs.messages import head
from jobs.queue import acts
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.acts import run_act
from tests.factories import NOON, SHA, a_merge_request, a_run, a_task
from tests.fakes import FakeReview
from tests.worker.fakes import FakeMessenger, a_settings

HEAD = "a" * 40


async def in_review(store: Store) -> Task:
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, merge_request=a_merge_request(sha=SHA))
    run = a_run(task, state=RunState.DELIVERED, head=HEAD, ended_at=NOON)
    task, _ = await store.create(task.note(run=run, runs=1))
    return task


async def clicked(
    store: Store, queue: Queue, task: Task, kind: ActKind, review: FakeReview, **more: JsonValue
) -> tuple[Task, str | None]:
    person, click = Person(id=str(more.pop("person", "U0ANA"))), more.pop("click", 1)
    act = Act(
        id=f"{click}.{kind}", task=task.id, kind=kind, person=person, payload=more, at=datetime.now(UTC)
    )
    await queue.act(act)
    operator, silent = a_settings("").operator, FakeMessenger()
    await run_act(act.id, store=store, queue=queue, operator=operator, review=review, messenger=silent)
    now = await store.get(task.id)
    assert now is not None
    return now, await acts.outcome(store.connection, act.id)


def offered(task: Task) -> list[str]:
    shown = [one for one in head(task).blocks if one["type"] == "actions"]
    elements = shown[0]["elements"] if shown else []
    assert isinstance(elements, list)
    return [str(one["action_id"]) for one in elements if isinstance(one, dict)]


async def test_requested_changes_become_a_rework_with_the_persons_words(store: Store, queue: Queue) -> None:
    words: dict[str, JsonValue] = {"text": "The sign is wrong.", "criteria": ["AC1", "AC9"]}
    task, outcome = await clicked(
        store, queue, await in_review(store), ActKind.REQUEST_CHANGES, FakeReview(), **words
    )
    assert (task.state, task.purpose, outcome) == (
        TaskState.WAITING,
        Purpose.REWORK,
        "act.request_changes",
    )
    (said,) = task.feedback
    assert (said.kind, said.text, said.criteria) == (FeedbackKind.REQUEST, "The sign is wrong.", ("AC1",))


async def test_nothing_is_ordered_without_words_or_role(store: Store, queue: Queue) -> None:
    task = await in_review(store)
    _, outcome = await clicked(store, queue, task, ActKind.REQUEST_CHANGES, FakeReview(), text=" ")
    assert outcome == "act.invalid"
    review = FakeReview()
    task, outcome = await clicked(store, queue, task, ActKind.MERGE, review, person="U0EVE")
    assert (outcome, review.merges, task.wish) == ("act.refused", [], None)


async def test_an_update_is_ordered(store: Store, queue: Queue) -> None:
    task, outcome = await clicked(store, queue, await in_review(store), ActKind.REBASE, FakeReview())
    assert (task.purpose, task.state, outcome) == (Purpose.REBASE, TaskState.WAITING, "act.rebase")


async def test_a_merge_that_waits_in_gitlab_settles_the_button(store: Store, queue: Queue) -> None:
    review, task = FakeReview(), await in_review(store)
    assert offered(task) == ["task_open_mr", "review_changes", "review_merge", "task_mend", "review_more"]
    task, _ = await clicked(store, queue, task, ActKind.MERGE, review)
    assert (task.state, review.merges) == (TaskState.IN_REVIEW, [HEAD])
    assert task.wish is not None and task.wish.done
    assert offered(task) == ["task_open_mr", "review_changes", "task_mend", "review_more"]
    assert "<@U0ANA> asked for the merge." in str(head(task).blocks)

    now, outcome = await clicked(store, queue, task, ActKind.MERGE, review, click=2)
    assert (now.wish, outcome) == (task.wish, "act.merge")
    assert review.merges == [HEAD], "a click that was on its way asks for nothing twice"


async def test_a_merge_done_at_once_ends_the_task(store: Store, queue: Queue) -> None:
    merged = a_merge_request(state=MergeRequestState.MERGED)
    task, outcome = await clicked(
        store, queue, await in_review(store), ActKind.MERGE, FakeReview(answer_to_merge=merged)
    )
    assert (task.state, outcome) == (TaskState.MERGED, "act.merge")


async def test_a_refused_merge_says_why_and_can_be_asked_again(store: Store, queue: Queue) -> None:
    review = FakeReview(answer_to_merge=Stop("It is a draft.", remedy="Mark it as ready."))
    task, _ = await clicked(store, queue, await in_review(store), ActKind.MERGE, review)
    assert task.wish is not None and not task.wish.done
    assert "It is a draft. Mark it as ready." in str(head(task).blocks)
    assert "review_merge" in offered(task)


async def test_a_gitlab_that_does_not_answer_is_asked_again(store: Store, queue: Queue) -> None:
    task, review = await in_review(store), FakeReview(answer_to_merge=Transient("GitLab answered 502."))
    with pytest.raises(Transient):
        await clicked(store, queue, task, ActKind.MERGE, review)
    review.answer_to_merge = a_merge_request(state=MergeRequestState.MERGED)
    task, _ = await clicked(store, queue, task, ActKind.MERGE, review)
    assert task.state is TaskState.MERGED


async def test_closing_is_a_no(store: Store, queue: Queue) -> None:
    review = FakeReview()
    task, outcome = await clicked(store, queue, await in_review(store), ActKind.CLOSE, review)
    assert (task.state, outcome, review.closed) == (TaskState.CLOSED, "act.close", [7])
    _, outcome = await clicked(store, queue, task, ActKind.MERGE, review)
    assert (outcome, review.merges) == ("act.late", [])
