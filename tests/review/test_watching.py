"""What people and pipelines do in GitLab reaches the task and its thread, once, hinted at or not."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jobs.adapters.gitlab import GitLabReports
from jobs.domain.description import enclosed
from jobs.domain.event import first_broken
from jobs.domain.feedback import FeedbackKind
from jobs.domain.remark import CommitState
from jobs.domain.review import PipelineStatus
from jobs.domain.run import Purpose
from jobs.domain.task import InReview, TaskState
from jobs.queue import keys, people, watching
from jobs.settings import OperatorFile
from jobs.worker.moves import retried
from tests.review.conftest import PROJECT, Review


async def test_what_people_do_is_one_message_in_the_thread(review: Review) -> None:
    await review.look()
    assert await review.told() == ["Review requested from *ben*."]
    await review.control("comment", user="ben", body="Why not <!channel> bankers' rounding?", discussion=True)
    await review.control("approve", user="ben")
    task = await review.look()
    assert task.standing is not None
    assert (task.standing.approvers, task.standing.open_discussions) == (("ben",), 1)
    (text,) = await review.told()
    assert "*ben* approved." in text
    assert "commented>:\n> Why not &lt;!channel&gt; bankers' rounding?" in text
    assert await review.told() == []
    await review.look()
    assert await review.told() == [], "each fact is told once"


async def test_changes_requested_in_gitlab_become_a_rework_and_are_told(review: Review) -> None:
    await review.look()
    await review.told()
    refs = review.request.versions[-1]
    shas = {"base_sha": refs.base, "start_sha": refs.start, "head_sha": refs.head}
    line = {"position_type": "text", "new_path": "a.txt", "new_line": 1, **shas}
    await review.control("comment", user="ben", body="Why a?", position=line)
    await review.control("request_changes", user="ben", body="The sign is wrong.")
    task = await review.look()
    assert (task.state, task.purpose) == (TaskState.WAITING, Purpose.REWORK)
    assert [(one.kind, one.text, one.path, one.line) for one in task.feedback] == [
        (FeedbackKind.REQUEST, "Why a?", "a.txt", 1),
        (FeedbackKind.REQUEST, "The sign is wrong.", None, None),
    ]
    (told,) = await review.told()
    assert "*ben* requested changes." in told and "`a.txt:1`" in told
    await review.look()
    assert (await review.now()).feedback == task.feedback, "the same review orders nothing again"


async def test_a_merge_and_a_close_end_the_task_and_a_reopening_begins_it_again(review: Review) -> None:
    await review.look()
    await review.control("close", user="ben")
    assert (await review.look()).state is TaskState.CLOSED
    await review.control("reopen", user="ben")
    task = await review.look()
    assert (task.state, task.in_review) == (TaskState.IN_REVIEW, InReview.DRAFT)
    review.request.title = "Round half up"
    await review.control("merge", user="ben")
    assert (await review.look()).state is TaskState.MERGED
    (text,) = await review.told()
    assert [word in text for word in ("without merging", "Opened again", "Merged", "by *ben*")] == [True] * 4
    assert await watching.watching(review.store.connection) == 0
    assert first_broken(await review.store.history(review.task.id)) is None


async def test_a_green_pipeline_makes_the_draft_ready(review: Review) -> None:
    await review.pipeline("running")
    task = await review.look()
    assert (task.in_review, review.request.draft) == (InReview.DRAFT, True)
    await review.pipeline("success")
    task = await review.look()
    assert (task.in_review, review.request.title) == (InReview.REVIEW, "Round half up")
    assert task.standing is not None and task.standing.pipeline is PipelineStatus.PASSED
    (text,) = await review.told()
    assert "passed." in text and "ready for review" in text
    review.request.title = "Draft: Round half up"
    assert (await review.look()).in_review is InReview.DRAFT, "a person made it a draft again"


async def test_our_own_commit_status_is_no_ci(review: Review) -> None:
    head, reports = review.request.sha, GitLabReports(review.connection)
    await reports.status(PROJECT, head, CommitState.PENDING, text="one has to look", url="https://a")
    task = await review.look()
    assert task.standing is not None and task.standing.pipeline is PipelineStatus.NONE
    assert not any("pipeline" in one for one in await review.told())
    await reports.status(PROJECT, head, CommitState.SUCCESS, text="proven", url="https://a")
    task = await review.look()
    assert task.in_review is InReview.REVIEW, "what we waited for ourselves lifts the draft all the same"
    assert not any("pipeline" in one for one in await review.told())
    await review.pipeline("success", jobs=[{"name": "unit"}])
    task = await review.look()
    assert task.standing is not None and task.standing.pipeline is PipelineStatus.PASSED


async def test_a_failing_pipeline_is_run_again_and_then_mended(review: Review) -> None:
    case = {
        "name": "test_half",
        "classname": "tests.test_a",
        "status": "failed",
        "output": "2.67 is not 2.68",
    }
    job = {
        "name": "unit",
        "failure_reason": "script_failure",
        "trace": "\x1b[31mE assert\x1b[0m",
        "tests": [case],
    }
    await review.pipeline("failed", jobs=[job])
    task = await review.look()
    assert task.state is TaskState.IN_REVIEW
    assert review.calls("POST", "/retry") == 1
    assert task.standing is not None and task.standing.pipeline is PipelineStatus.PENDING
    await review.pipeline("failed", jobs=[job])
    task = await review.look()
    assert (task.state, task.purpose) == (TaskState.WAITING, Purpose.FIX)
    assert "E assert" in task.feedback[0].text and "\x1b" not in task.feedback[0].text
    assert "test_half: 2.67 is not 2.68" in task.feedback[0].text
    assert review.calls("POST", "/retry") == 1
    (text,) = await review.told()
    assert "failed in `unit`" in text and "attempt 1 of 2" in text


async def test_two_workers_at_once_look_once(review: Review) -> None:
    await review.control("comment", user="ben", body="Hello")
    await review.store.hear(f"{PROJECT}!1")
    now = datetime.now(UTC)
    await asyncio.gather(*(review.watching.look(now) for _ in range(4)))
    assert review.calls("GET", "/merge_requests/1") == 1
    (text,) = await review.told()
    assert text.count("Hello") == 1


async def test_without_any_hint_the_list_of_changes_is_enough(review: Review) -> None:
    await review.look()
    await review.told()
    await review.control("comment", user="ben", body="Nobody told you")
    await review.watching.turn()
    (text,) = await review.told()
    assert "Nobody told you" in text
    assert review.calls("GET", "/merge_requests") == 2, "one to find it when it was opened, one list"


async def test_what_did_not_change_costs_one_call(review: Review) -> None:
    await review.look()
    await review.look()  # our own note of the first look is a change too
    before = len(review.standin.state.faults.calls)
    await review.store.connection.call("ZADD", "cg:watch", 1, review.task.id)
    await review.watching.look(datetime.now(UTC))
    assert [one["path"] for one in review.standin.state.faults.calls[before:]] == [
        "/api/v4/user",  # each worker asks once who it is
        f"/api/v4/projects/{review.project.id}/merge_requests/1",
    ]


async def test_quiet_hours_hold_news_back_and_not_the_task(review: Review) -> None:
    await review.look()
    await review.told()
    review.operator = OperatorFile.model_validate({"channels": {"C0PAY": {"quiet": "00:00-00:00"}}})
    await review.control("close", user="ben")
    assert (await review.look()).state is TaskState.CLOSED
    assert await review.told() == []
    review.operator = OperatorFile()
    (text,) = await review.told(after=timedelta(days=2))
    assert "without merging" in text


async def test_a_crash_between_posting_and_remembering_repeats_the_same_message(review: Review) -> None:
    await review.look()
    await review.told()
    await review.control("comment", user="ben", body="First")
    await review.look()
    news = await watching.news_of(review.store.connection, review.task.id)
    await review.told()
    line = news[0].model_dump_json()
    await review.store.connection.call("RPUSH", f"cg:news:{review.task.id}", line)
    await review.store.connection.call("ZADD", "cg:telling", 1, review.task.id)
    await review.told()
    one, two = review.messenger.versions[-2:]
    assert one == two, "the key is the same, so the message is"


async def test_a_person_links_both_accounts_by_a_code(review: Review) -> None:
    await review.look()
    await review.told()
    connection = review.store.connection
    code = await people.offer(connection, "U0BEN")
    await review.control("comment", user="ben", body=f"It is me: {code}")
    await review.look()
    assert await people.linked(connection) == {"ben": "U0BEN"}
    (text,) = await review.told()
    assert "<@U0BEN>" in text and code not in text
    assert await people.link(connection, code, "eve") is None, "a code works once"


@pytest.mark.parametrize("looks", [1, 2])
async def test_a_branch_that_is_gone_ends_the_watch_at_the_second_look(review: Review, looks: int) -> None:
    await review.look()
    await review.project.repository.git("update-ref", "-d", f"refs/heads/codegen/{review.task.id}")
    for _ in range(looks):
        task = await review.look()
    assert task.state is (TaskState.STOPPED if looks == 2 else TaskState.IN_REVIEW)
    if looks == 2:
        assert task.standing is not None and "is gone" in task.standing.reason
        assert retried(task)[0].purpose is Purpose.CHANGE, "only a run makes the branch anew"


async def test_a_refused_token_stops_no_task_at_once(review: Review) -> None:
    await review.look()
    for _ in range(3):
        await review.control("fail", path="/merge_requests/1", status=401)
        assert (await review.look()).state is TaskState.IN_REVIEW
    assert (await watching.watched(review.store.connection, review.task.id)).stops == 3
    await review.look()
    assert (await watching.watched(review.store.connection, review.task.id)).stops == 0


async def test_gitlab_out_of_reach_is_looked_at_again_later(review: Review) -> None:
    await review.look()
    await review.control("fail", path="/merge_requests/1", status=502, times=3)
    task = await review.look()
    assert task.state is TaskState.IN_REVIEW
    due = await watching.due(review.store.connection, datetime.now(UTC), limit=9)
    assert due == ()


async def test_the_merge_request_says_what_ci_says_and_holds_one_note(
    review: Review,
) -> None:
    request = review.request
    request.description = f"Mine.\n\n{enclosed('**CI:** nothing ran yet', title='T')}\n\nMine too."
    await review.pipeline("running")
    await review.look()
    assert "\n**CI:** running on " in request.description
    assert request.description.startswith("Mine.") and request.description.endswith("Mine too.")
    (note,) = review.notes()
    assert note.startswith("**Verified:** 1 of 1 criteria proven") and "**CI:** running" in note
    await review.pipeline("failed", jobs=[{"name": "unit", "failure_reason": "ci_quota_exceeded"}])
    await review.look()
    await review.look()
    assert "\n**CI:** failed on " in request.description
    (note,) = review.notes()
    assert "**CI:** failed" in note
    assert review.calls("POST", "/notes") == 1


async def test_a_repository_may_want_no_mending(review: Review) -> None:
    review.wanted_fixes = 0
    job = {"name": "unit", "failure_reason": "script_failure"}
    await review.pipeline("failed", jobs=[job])
    await review.look()
    await review.pipeline("failed", jobs=[job])
    assert (await review.look()).state is TaskState.IN_REVIEW
    assert "attempt" not in "".join(await review.told())


async def test_a_repository_cannot_want_more_mending_than_the_operator_allows(review: Review) -> None:
    review.wanted_fixes = 9
    job = {"name": "unit", "failure_reason": "script_failure"}
    await review.pipeline("failed", jobs=[job])
    await review.look()
    await review.pipeline("failed", jobs=[job])
    await review.look()
    assert "attempt 1 of 2" in "".join(await review.told())


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/notes"), ("PUT", "/merge_requests/1")], ids=["note", "description"]
)
async def test_what_gitlab_refuses_stays_owed_and_is_told_when_it_lasts(
    review: Review, method: str, path: str
) -> None:
    review.request.description = enclosed("**CI:** nothing ran yet", title="T")
    await review.pipeline("running")
    await review.control("fail", method=method, path=path, status=403, times=2)
    await review.look()
    await review.control("approve", user="ben")
    await review.look()
    assert (review.notes(), review.calls(method, path)) == ([], 1), "left alone for a minute"
    assert "approved" in "".join(await review.told()), "people's news go on meanwhile"
    for minutes in (20, 1):
        await owed_for(review, minutes)
        await review.look()
        told = await review.told(after=timedelta(minutes=5))
        assert ("does not let the bot write" in "".join(told)) is (minutes == 20)
    (note,) = review.notes()
    assert "**CI:** running" in note and "**CI:** running" in review.request.description
    assert (await watching.watched(review.store.connection, review.task.id)).owed is None


async def owed_for(review: Review, minutes: int) -> None:
    """As if the first refusal was some time ago, and the pause is over."""
    connection, ago = review.store.connection, datetime.now(UTC) - timedelta(minutes=minutes)
    memory = await watching.watched(connection, review.task.id)
    assert memory.owed is not None
    owed = memory.owed.model_copy(update={"since": ago, "again": ago})
    packed = watching.packed(memory.model_copy(update={"owed": owed}))
    await connection.call("SET", keys.watched(review.task.id), packed)


async def test_jobs_that_may_not_be_seen_do_not_hide_that_the_pipeline_failed(review: Review) -> None:
    await review.look()
    await review.pipeline("failed", jobs=[{"name": "unit", "failure_reason": "script_failure"}])
    await review.control("fail", path="/jobs", status=403)
    assert (await review.look()).state is TaskState.IN_REVIEW
    assert "failed" in "".join(await review.told())
