"""Merge when approved: GitLab's refusals become sentences under the message, and its yes ends the task."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from jobs.adapters.gitlab import GitLabReview
from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.review import PipelineStatus
from jobs.domain.task import Task, TaskState
from jobs.messages import head
from jobs.worker.acts import run_act
from playground.gitlab.records import Access
from tests.review.conftest import PROJECT, Review


async def clicked(review: Review, number: int = 1) -> Task:
    """The requester clicks *Merge when approved*, and a worker carries it out."""
    person, now = Person(id=review.task.requester.id), datetime.now(UTC)
    act = Act(id=f"{number}.merge", task=review.task.id, kind=ActKind.MERGE, person=person, at=now)
    await review.queue.act(act)
    await run_act(
        act.id,
        store=review.store,
        queue=review.queue,
        operator=review.operator,
        review=GitLabReview(review.connection),
        messenger=review.messenger,
    )
    return await review.now()


def not_allowed(review: Review) -> None:
    review.project.merge_access = Access.MAINTAINER


def a_draft(review: Review) -> None:
    review.request.title = "Draft: Round half up"


def not_approved(review: Review) -> None:
    review.project.approvals_required = 1


def changes_wanted(review: Review) -> None:
    review.request.changes_requested.append(review.standin.state.users["ben"])


def talk(review: Review) -> None:
    review.project.discussions_must_be_resolved = True


@pytest.mark.parametrize(
    ("against", "words"),
    [
        (not_allowed, "may not merge into the target branch of !1"),
        (a_draft, "!1 is a draft"),
        (not_approved, "!1 is not approved yet"),
        (changes_wanted, "A reviewer requested changes of !1"),
        (talk, "!1 has open discussions"),
    ],
)
async def test_what_stands_against_it_is_said_and_the_next_click_merges(
    review: Review, against: Callable[[Review], None], words: str
) -> None:
    review.request.title = "Round half up"
    await review.control("comment", user="ben", body="Why?", discussion=True)
    against(review)
    task = await clicked(review)
    assert task.state is TaskState.IN_REVIEW
    assert words in str(head(task).blocks)

    review.project.merge_access, review.project.approvals_required = Access.DEVELOPER, 0
    review.project.discussions_must_be_resolved = False
    review.request.title, review.request.changes_requested = "Round half up", []
    assert (await clicked(review, 2)).state is TaskState.MERGED
    assert review.request.state == "merged"


async def test_a_head_that_was_not_verified_is_not_merged(review: Review) -> None:
    review.request.title = "Round half up"
    await review.control("push", branch=review.request.source_branch, user="ben", files={"b": "b\n"})
    task = await clicked(review)
    assert "Somebody pushed to !1 after it was verified" in str(head(task).blocks)
    assert review.request.state == "opened"


async def test_it_waits_for_the_pipeline_in_gitlab_and_the_end_is_told_once(review: Review) -> None:
    review.request.title = "Round half up"
    await review.pipeline("running")
    await review.look()
    await review.told()
    task = await clicked(review)
    assert task.standing is not None and task.standing.pipeline is PipelineStatus.PENDING
    assert (task.state, task.wish is not None and task.wish.done) == (TaskState.IN_REVIEW, True)
    assert "GitLab merges it once nothing stands against it." in str(head(task).blocks)
    await review.pipeline("success")
    assert (await review.look()).state is TaskState.MERGED
    (told,) = await review.told()
    assert told.count("Merged") == 1
    await review.store.hear(f"{PROJECT}!1")
    assert await review.watching.look(datetime.now(UTC)) == 0, "what is merged is looked at no more"
