"""Looks at a merge request for tests: every field sensible, every field replaceable."""

from datetime import timedelta
from typing import Any

from jobs.domain.observed import Comment, FailedJob, Pipeline, Sight
from jobs.domain.review import PipelineStatus
from jobs.domain.run import Run, RunState
from jobs.domain.task import InReview, Task, TaskState
from tests.factories import NOON, SHA, a_merge_request, a_run, a_task, a_verdict


def a_sight(**fields: Any) -> Sight:
    request = a_merge_request(
        **{
            name: fields.pop(name)
            for name in ("state", "draft", "sha", "target_branch", "title")
            if name in fields
        }
    )
    given = {"merge_request": request, "author": "codegen", "updated_at": NOON, "target_head": "9" * 40}
    return Sight.model_validate(given | fields)


def a_pipeline(status: PipelineStatus = PipelineStatus.PASSED, **fields: Any) -> Pipeline:
    return Pipeline.model_validate(
        {"id": 70, "commit": SHA, "status": status, "url": "https://ci/70"} | fields
    )


def a_comment(number: int = 1, **fields: Any) -> Comment:
    given = {
        "id": number,
        "discussion": f"d{number}",
        "author": "ben",
        "text": "Why not bankers' rounding?",
        "at": NOON + timedelta(minutes=number),
        "url": f"https://gitlab.example/note/{number}",
    }
    return Comment.model_validate(given | fields)


def a_failed_job(name: str = "test", **fields: Any) -> FailedJob:
    given = {"id": 700, "name": name, "stage": "test", "reason": "script_failure", "log": "1 failed"}
    return FailedJob.model_validate(given | fields)


def a_reviewed_task(**fields: Any) -> Task:
    """A task whose merge request is open, with the run that delivered it."""
    request = a_merge_request()
    given = {
        "state": TaskState.IN_REVIEW,
        "waiting": None,
        "in_review": InReview.REVIEW,
        "merge_request": request,
        "run": delivered(),
        "runs": 1,
    }
    return a_task(**(given | fields))


def delivered(**fields: Any) -> Run:
    given: dict[str, Any] = {
        "state": RunState.DELIVERED,
        "head": SHA,
        "verdict": a_verdict(),
        "merge_request": a_merge_request(),
        "ended_at": NOON,
    }
    return a_run(**(given | fields))
