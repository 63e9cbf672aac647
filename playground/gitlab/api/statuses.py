"""Commit statuses from outside, which GitLab keeps as jobs of a pipeline (an external one if need be)."""

from aiohttp import web

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.ci import overall, start_pipeline
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Job, Pipeline, Project
from playground.gitlab.refusal import not_found, refused
from playground.gitlab.shapes.ci import status_shape
from playground.gitlab.waiting import pipeline_moved

STATES = ("pending", "running", "success", "failed", "canceled", "skipped")
VERBS = {"pending": "enqueue", "running": "run", "success": "succeed", "failed": "drop", "canceled": "cancel"}


async def list_statuses(call: Call) -> web.Response:
    """GET /repository/commits/:sha/statuses."""
    project = call.project(Access.REPORTER)
    sha = await _commit(call, project)
    pairs = [(one, job) for one in project.pipelines if one.sha == sha for job in one.jobs]

    async def shape(pair: tuple[Pipeline, Job]) -> object:
        return status_shape(call.state, *pair)

    return await paged(call, pairs, shape)


async def set_status(call: Call) -> web.Response:
    """POST /statuses/:sha with a `state`."""
    project, params = call.project(Access.DEVELOPER), call.params
    params.require("state")
    status = params.choice("state", *STATES) or ""
    name = params.text("name") or params.text("context") or "default"
    ref = params.text("ref")
    params.check()
    sha = await _commit(call, project)
    pipeline = await _pipeline(call, project, sha=sha, ref=ref)
    job = next((one for one in pipeline.jobs if one.external and one.name == name), None)
    if job is not None and job.status == status:
        verb = VERBS.get(status, "skip")
        raise refused(400, f"Cannot transition status via :{verb} from :{status}")
    if job is None:
        job = Job(
            call.state.next_id(),
            name,
            status,
            call.state.clock(),
            stage="external",
            external=True,
            author=call.user,
        )
        pipeline.jobs.append(job)
    job.status = status
    job.target_url = params.text("target_url") or job.target_url
    job.description = params.text("description") or job.description
    pipeline.status = overall(pipeline.jobs)
    await pipeline_moved(call.state, project, pipeline)
    return answer(status_shape(call.state, pipeline, job), 201)


async def _commit(call: Call, project: Project) -> str:
    sha = await project.repository.resolve(call.part("sha"))
    if sha is None:
        raise not_found("Commit")
    return sha


async def _pipeline(call: Call, project: Project, *, sha: str, ref: str | None) -> Pipeline:
    wanted = call.params.integer("pipeline_id")
    for pipeline in reversed(project.pipelines):
        if pipeline.sha == sha and wanted in (None, pipeline.id) and ref in (None, pipeline.ref):
            return pipeline
    if wanted is not None:
        raise not_found("Pipeline")
    branches = await project.repository.branches()
    names = [name for name in branches if ref in (None, name)]
    names = [name for name in names if await project.repository.contains(branches[name], sha)]
    if not names:
        raise not_found("References for commit")
    names.sort(key=lambda name: branches[name] != sha)
    return await start_pipeline(call.state, project, call.user, sha=sha, ref=names[0], source="external")


ROUTES = (
    Route("GET", "/projects/{project}/repository/commits/{sha}/statuses", list_statuses),
    Route("POST", "/projects/{project}/statuses/{sha}", set_status),
)
