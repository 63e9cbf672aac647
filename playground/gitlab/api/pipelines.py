"""Pipelines and jobs."""

from aiohttp import web

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.ci import STATUSES, overall
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Job, Pipeline, Project
from playground.gitlab.refusal import forbidden, not_found
from playground.gitlab.shapes.ci import full_pipeline_shape, job_shape, pipeline_shape, test_report_shape
from playground.gitlab.waiting import pipeline_moved


async def list_pipelines(call: Call) -> web.Response:
    """GET /pipelines, by `sha`, `ref` and `status`, newest first."""
    project, params = call.project(), call.params
    sha, ref, status = params.text("sha"), params.text("ref"), params.choice("status", *STATUSES)
    params.check()
    found = [
        one
        for one in reversed(project.pipelines)
        if sha in (None, one.sha) and ref in (None, one.ref) and status in (None, one.status)
    ]

    async def shape(pipeline: Pipeline) -> object:
        return pipeline_shape(call.state, project, pipeline)

    return await paged(call, found, shape)


async def show_pipeline(call: Call) -> web.Response:
    """GET /pipelines/:id."""
    project, pipeline = _pipeline(call)
    return answer(full_pipeline_shape(call.state, project, pipeline))


async def pipeline_jobs(call: Call) -> web.Response:
    """GET /pipelines/:id/jobs, by `scope`."""
    project, pipeline = _pipeline(call)
    scope = call.params.names("scope")
    call.params.check()

    async def shape(job: Job) -> object:
        return job_shape(call.state, project, pipeline, job)

    jobs = [job for job in pipeline.jobs if not job.external and (not scope or job.status in scope)]
    return await paged(call, jobs, shape)


async def test_report(call: Call) -> web.Response:
    """GET /pipelines/:id/test_report."""
    return answer(test_report_shape(_pipeline(call)[1]))


async def show_job(call: Call) -> web.Response:
    """GET /jobs/:id."""
    project, pipeline, job = _job(call)
    return answer(job_shape(call.state, project, pipeline, job))


async def trace(call: Call) -> web.Response:
    """GET /jobs/:id/trace, as plain text."""
    return web.Response(text=_job(call)[2].trace)


async def retry(call: Call) -> web.Response:
    """POST /jobs/:id/retry: a new job of the same name, pending."""
    project, pipeline, job = _job(call)
    call.may(project, Access.DEVELOPER)
    if job.status not in ("failed", "canceled", "success"):
        raise forbidden()
    again = Job(call.state.next_id(), job.name, "pending", call.state.clock(), stage=job.stage)
    pipeline.jobs[pipeline.jobs.index(job)] = again
    pipeline.status = overall(pipeline.jobs)
    await pipeline_moved(call.state, project, pipeline)
    return answer(job_shape(call.state, project, pipeline, again), 201)


def _pipeline(call: Call) -> tuple[Project, Pipeline]:
    project = call.project()
    for pipeline in project.pipelines:
        if str(pipeline.id) == call.part("pipeline"):
            return project, pipeline
    raise not_found()


def _job(call: Call) -> tuple[Project, Pipeline, Job]:
    project = call.project()
    for pipeline in project.pipelines:
        for job in pipeline.jobs:
            if str(job.id) == call.part("job") and not job.external:
                return project, pipeline, job
    raise not_found()


ROUTES = (
    Route("GET", "/projects/{project}/pipelines", list_pipelines),
    Route("GET", "/projects/{project}/pipelines/{pipeline}", show_pipeline),
    Route("GET", "/projects/{project}/pipelines/{pipeline}/jobs", pipeline_jobs),
    Route("GET", "/projects/{project}/pipelines/{pipeline}/test_report", test_report),
    Route("GET", "/projects/{project}/jobs/{job}", show_job),
    Route("GET", "/projects/{project}/jobs/{job}/trace", trace),
    Route("POST", "/projects/{project}/jobs/{job}/retry", retry),
)
