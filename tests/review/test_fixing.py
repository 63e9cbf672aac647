"""Failed pipelines: infrastructure, flaky jobs and the code's own failures are told apart."""

from typing import Any

import pytest

from jobs.domain.feedback import FeedbackKind
from jobs.domain.news import NewsKind as K
from jobs.domain.observed import FailedJob
from jobs.domain.review import PipelineStatus
from jobs.domain.run import Purpose
from jobs.domain.task import InReview, Task, TaskState
from jobs.domain.watched import Watched
from jobs.review.fixing import triage
from jobs.review.watch import Observation, Seen, observed, to_examine, to_lift
from jobs.settings import OperatorFile
from tests.factories import NOON, a_merge_request
from tests.review.sights import a_failed_job, a_pipeline, a_reviewed_task, a_sight, delivered

FAILED = a_pipeline(PipelineStatus.FAILED)
OPERATOR = OperatorFile()


def seen(task: Task, watched: Watched, *jobs: FailedJob, **sight: Any) -> Observation:
    """A look that finds the pipeline failed by these jobs."""
    looked = a_sight(**({"pipeline": FAILED} | sight))
    failed = jobs if to_examine(task, watched, looked) else None
    plan = triage(failed or (), watched, retries=OPERATOR.review.retries)
    return observed(
        task,
        watched,
        Seen(sight=looked, failed=failed, triage=plan, fixes=OPERATOR.review.fixes),
        operator=OPERATOR,
        now=NOON,
    )


def kinds(found: Observation) -> list[K]:
    return [one.kind for one in found.facts]


def test_a_failed_job_is_run_again_first_and_is_flaky_when_it_passes() -> None:
    task, job = a_reviewed_task(), a_failed_job()
    first = seen(task, Watched(), job)
    assert kinds(first) == [K.RERUN]
    assert first.task.state is TaskState.IN_REVIEW
    passed = seen(first.task, first.watched, pipeline=a_pipeline())
    assert kinds(passed) == [K.PIPELINE_PASSED, K.FLAKY]
    assert passed.facts[1].text == "test"
    assert passed.watched.retried == {}


def test_a_job_that_fails_again_becomes_a_run_that_mends_it() -> None:
    job = a_failed_job(log="E assert 2.67 == 2.68", tests=("tests.test_a::test_half: 2.67 is not 2.68",))
    first = seen(a_reviewed_task(), Watched(), job)
    again = seen(first.task, first.watched, job.model_copy(update={"id": 701}))
    assert kinds(again) == [K.PIPELINE_FAILED, K.FIXING]
    assert (again.task.state, again.task.purpose) == (TaskState.WAITING, Purpose.FIX)
    (said,) = again.task.feedback
    assert said.kind is FeedbackKind.PIPELINE
    assert "assert 2.67 == 2.68" in said.text
    assert "test_half: 2.67 is not 2.68" in said.text


def test_no_more_than_so_many_runs_mend_one_pipeline() -> None:
    remembered = Watched(sight=a_sight(), retried={"test": 1}, fixes=2)
    last = seen(a_reviewed_task(), remembered, a_failed_job())
    assert kinds(last) == [K.PIPELINE_FAILED, K.FIXES_USED_UP]
    assert last.task.state is TaskState.IN_REVIEW
    assert kinds(seen(last.task, last.watched, a_failed_job())) == [], "it is said once"


def test_a_pipeline_that_passes_makes_room_for_mending_again() -> None:
    passed = seen(a_reviewed_task(), Watched(sight=a_sight(), fixes=2), pipeline=a_pipeline())
    assert passed.watched.fixes == 0


@pytest.mark.parametrize("reason", ["runner_system_failure", "stuck_or_timeout_failure", "api_failure"])
def test_infrastructure_is_run_again_twice_and_then_only_told(reason: str) -> None:
    task, watched, job = a_reviewed_task(), Watched(sight=a_sight()), a_failed_job(reason=reason)
    for _ in range(2):
        found = seen(task, watched, job)
        assert kinds(found) == [K.RERUN]
        task, watched = found.task, found.watched
    last = seen(task, watched, job)
    assert kinds(last) == [K.PIPELINE_FAILED, K.INFRASTRUCTURE]
    assert last.task.state is TaskState.IN_REVIEW
    assert last.task.feedback == ()


def test_a_new_head_begins_anew() -> None:
    other = "a" * 40
    remembered = Watched(sight=a_sight(), retried={"test": 1}, rerun={"test": 2}, handled="70")
    pushed = seen(a_reviewed_task(), remembered, sha=other, pipeline=None)
    assert (pushed.watched.retried, pushed.watched.rerun, pushed.watched.handled) == ({}, {}, "")


def test_a_failure_during_a_run_is_left_until_the_run_has_ended() -> None:
    running = a_reviewed_task(state=TaskState.RUNNING, in_review=None, run=delivered(), runs=1)
    meanwhile = seen(running, Watched(sight=a_sight()), a_failed_job())
    assert kinds(meanwhile) == [K.PIPELINE_FAILED]
    back = a_reviewed_task()
    assert kinds(seen(back, meanwhile.watched, a_failed_job())) == [K.RERUN]


def test_a_draft_is_lifted_once_per_head_and_only_for_what_was_verified() -> None:
    draft = a_sight(draft=True, pipeline=a_pipeline())
    task = a_reviewed_task(in_review=InReview.DRAFT)
    assert to_lift(task, Watched(), draft)
    assert not to_lift(task, Watched(), a_sight(draft=True, pipeline=a_pipeline(PipelineStatus.PENDING)))
    assert not to_lift(task, Watched(), a_sight(draft=True))
    assert not to_lift(task, Watched(lifted=draft.merge_request.sha), draft), "a person made it a draft again"
    foreign = a_sight(draft=True, sha="a" * 40, pipeline=a_pipeline(commit="a" * 40))
    assert not to_lift(task, Watched(), foreign), "nobody has verified that commit"
    assert not to_lift(a_reviewed_task(run=delivered(verdict=None)), Watched(), draft)


def test_the_task_shows_what_its_merge_request_waits_for() -> None:
    capped = a_reviewed_task(merge_request=a_merge_request(wanted=("ben",)))
    found = seen(capped, Watched(sight=a_sight()), pipeline=None)
    assert found.task.in_review is InReview.REVIEWER_CAP
    asked = seen(capped, Watched(sight=a_sight()), pipeline=None, reviewers=("ben",))
    assert asked.task.in_review is InReview.REVIEW
    drafted = seen(capped, Watched(sight=a_sight()), pipeline=None, draft=True)
    assert drafted.task.in_review is InReview.DRAFT
