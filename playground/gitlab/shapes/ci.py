"""Pipelines, jobs, statuses and test reports as the API shows them."""

from collections import Counter

from playground.gitlab.records import Job, Json, Pipeline, Project, TestCase
from playground.gitlab.shapes.people import maybe_user, user_shape
from playground.gitlab.shapes.projects import commit_shape
from playground.gitlab.state import State, iso

ENDED = ("success", "failed", "canceled", "skipped")


def pipeline_shape(state: State, project: Project, pipeline: Pipeline) -> Json:
    """A pipeline in lists."""
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "project_id": project.id,
        "sha": pipeline.sha,
        "ref": pipeline.ref,
        "status": pipeline.status,
        "source": pipeline.source,
        "name": None,
        "created_at": iso(pipeline.created_at),
        "updated_at": iso(pipeline.updated_at),
        "web_url": state.web_url(project, "-/pipelines", pipeline.id),
    }


def full_pipeline_shape(state: State, project: Project, pipeline: Pipeline) -> Json:
    """A pipeline on its own."""
    ended = pipeline.status in ENDED
    return pipeline_shape(state, project, pipeline) | {
        "before_sha": "0" * 40,
        "tag": False,
        "yaml_errors": None,
        "user": user_shape(state, pipeline.user),
        "started_at": iso(pipeline.created_at),
        "finished_at": iso(pipeline.updated_at) if ended else None,
        "committed_at": None,
        "duration": int(pipeline.updated_at - pipeline.created_at) if ended else None,
        "queued_duration": 0,
        "coverage": None,
        "detailed_status": {
            "icon": f"status_{pipeline.status}",
            "text": pipeline.status,
            "label": pipeline.status,
            "group": pipeline.status,
            "tooltip": pipeline.status,
            "has_details": True,
            "details_path": f"/{project.path}/-/pipelines/{pipeline.id}",
            "illustration": None,
            "favicon": "/assets/ci_favicons/favicon_status.png",
        },
    }


def job_shape(state: State, project: Project, pipeline: Pipeline, job: Job) -> Json:
    """A job."""
    return {
        "id": job.id,
        "name": job.name,
        "stage": job.stage,
        "status": job.status,
        "ref": pipeline.ref,
        "tag": False,
        "coverage": None,
        "allow_failure": job.allow_failure,
        "created_at": iso(job.created_at),
        "started_at": iso(job.created_at),
        "finished_at": iso(pipeline.updated_at) if job.status in ENDED else None,
        "erased_at": None,
        "duration": 1.0,
        "queued_duration": 0.1,
        "user": user_shape(state, pipeline.user),
        "failure_reason": job.failure_reason,
        "commit": commit_shape(state, project, pipeline.commit),
        "artifacts": [],
        "runner": None,
        "pipeline": pipeline_shape(state, project, pipeline),
        "tag_list": [],
        "archived": False,
        "web_url": state.web_url(project, "-/jobs", job.id),
        "project": {"ci_job_token_scope_enabled": False},
    }


def status_shape(state: State, pipeline: Pipeline, job: Job) -> Json:
    """A commit status."""
    ended = job.status in ENDED
    return {
        "id": job.id,
        "sha": pipeline.sha,
        "ref": pipeline.ref,
        "status": job.status,
        "name": job.name,
        "target_url": job.target_url,
        "description": job.description,
        "created_at": iso(job.created_at),
        "started_at": None,
        "finished_at": iso(pipeline.updated_at) if ended else None,
        "allow_failure": job.allow_failure,
        "coverage": None,
        "pipeline_id": pipeline.id,
        "author": maybe_user(state, job.author or pipeline.user),
    }


def test_report_shape(pipeline: Pipeline) -> Json:
    """A pipeline's test report: a suite per job."""
    suites = [_suite(job.name, job.tests) for job in pipeline.jobs if job.tests]
    return _totals([test for job in pipeline.jobs for test in job.tests]) | {"test_suites": suites}


def _suite(name: str, tests: list[TestCase]) -> Json:
    return _totals(tests) | {"name": name, "suite_error": None, "test_cases": [_case(one) for one in tests]}


def _totals(tests: list[TestCase]) -> Json:
    counts = Counter(test.status for test in tests)
    return {
        "total_time": sum(test.seconds for test in tests),
        "total_count": len(tests),
        **{f"{status}_count": counts[status] for status in ("success", "failed", "skipped", "error")},
    }


def _case(test: TestCase) -> Json:
    return {
        "status": test.status,
        "name": test.name,
        "classname": test.classname,
        "file": None,
        "execution_time": test.seconds,
        "system_output": test.output or None,
        "stack_trace": None,
        "recent_failures": None,
        "attachment_url": None,
    }
