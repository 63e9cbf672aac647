"""A project that is renamed, archived or out of reach: followed where that can be, else a clear end."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.adapters.gitlab import GitLabInbound, GitLabReports, GitLabReview
from jobs.domain.run import Purpose
from jobs.domain.task import Task, TaskState
from jobs.errors import Stop
from jobs.queue import keys, watching
from jobs.worker.moves import retried
from playground.gitlab.issue_acts import open_issue
from playground.gitlab.seed import BOT_KEY
from tests.review.conftest import PROJECT, Review

NOW = "pay/invoices"


async def looked(review: Review, name: str = PROJECT) -> Task:
    await review.store.hear(f"{name}!{review.request.iid}")
    await review.watching.look(datetime.now(UTC))
    return await review.now()


async def renamed(review: Review) -> None:
    await looked(review)
    await review.told()
    await review.control("rename", path=NOW)


async def test_a_renamed_project_is_followed_and_told_once(review: Review) -> None:
    await renamed(review)
    await review.pipeline("running")
    task = await looked(review)
    assert task.merge_request is not None and task.merge_request.project == NOW
    assert f"The project is `{NOW}` in GitLab now; it was `{PROJECT}`" in "".join(await review.told())
    (note,) = review.notes()
    assert "**CI:** running" in note, "it is written under the new path"

    other = await review.standin.add_project(PROJECT, None)
    assert other.merge_requests == []
    await review.control("approve", user="ben")
    task = await looked(review, NOW)
    assert task.standing is not None and task.standing.approvers == ("ben",), "hooks name the new path"
    told = "".join(await review.told(after=timedelta(minutes=5)))
    assert "approved" in told and "it was" not in told


@pytest.mark.parametrize("what", ["answer", "merge", "note"])
async def test_a_click_before_the_new_name_is_known_says_what_happened(review: Review, what: str) -> None:
    await renamed(review)
    words = GitLabReview(review.connection), GitLabReports(review.connection)
    with pytest.raises(Stop, match="was renamed or moved in GitLab"):
        if what == "merge":
            await words[0].merge_when_approved(PROJECT, 1, sha=review.request.sha)
        elif what == "note":
            await words[1].note(PROJECT, 1, key="k", body="b")
        else:
            discussion = review.request.discussions[0].id
            await words[0].answer(PROJECT, 1, discussion=discussion, text="t", key="k")


async def test_issues_of_a_renamed_project_name_what_the_operator_has_to_do(review: Review) -> None:
    ben = review.standin.state.users["ben"]
    open_issue(review.standin.state, review.project, user=ben, title="T", description="D", labels=["codegen"])
    await review.control("rename", path=NOW)
    with pytest.raises(Stop, match=f"The project {PROJECT} is {NOW} in GitLab now"):
        await GitLabInbound(review.connection).thread(PROJECT, 1)


async def test_an_archived_project_ends_the_watch_and_says_so(review: Review) -> None:
    await looked(review)
    await review.control("settings", archived=True)
    assert (await looked(review)).state is TaskState.IN_REVIEW
    task = await looked(review)
    assert task.state is TaskState.STOPPED and task.standing is not None
    assert task.standing.reason == f"{PROJECT} is archived: nothing can be changed or merged there."
    assert task.standing.remedy == "Unarchive it in GitLab, then click Retry."
    assert retried(task)[0].purpose is Purpose.RECHECK, "nothing is written anew for that"


async def test_a_project_that_was_moved_out_of_sight_ends_the_watch(review: Review) -> None:
    await renamed(review)
    del review.project.members["codegen"]
    await looked(review)
    task = await looked(review)
    assert task.state is TaskState.STOPPED and task.standing is not None
    assert "the bot's token is a member there" in task.standing.remedy


async def test_a_revoked_token_ends_the_watch_when_nobody_renews_it(review: Review) -> None:
    await looked(review)
    await review.control("token", token=BOT_KEY, revoked=True)
    await looked(review)
    connection, ago = review.store.connection, datetime.now(UTC) - timedelta(minutes=16)
    memory = (await watching.watched(connection, review.task.id)).model_copy(update={"stopped_at": ago})
    await connection.call("SET", keys.watched(review.task.id), watching.packed(memory))
    task = await looked(review)
    assert task.state is TaskState.STOPPED and task.standing is not None
    assert (task.standing.reason, task.standing.remedy) == (
        "GitLab refused the token.",
        "Ask the operator to renew GITLAB_TOKEN.",
    )
