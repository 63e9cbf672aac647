"""Pipelines: made on a push, moved on demand, and their effect on merge requests."""

from playground.gitlab.merging import ACTIVE
from playground.gitlab.payloads import pipeline_event
from playground.gitlab.records import Job, Pipeline, Project, User
from playground.gitlab.repository import GitError
from playground.gitlab.state import State

ENDED = ("success", "failed", "canceled", "skipped", "manual")
STATUSES = (*ACTIVE, *ENDED)


async def has_ci(project: Project, sha: str) -> bool:
    """Whether a push of this commit starts a pipeline: by the project's setting, else by its CI file."""
    if project.ci != "auto":
        return project.ci != "none"
    try:
        await project.repository.git("cat-file", "-e", f"{sha}:.gitlab-ci.yml")
    except GitError:
        return False
    return True


async def start_pipeline(
    state: State, project: Project, user: User, *, sha: str, ref: str, source: str = "push"
) -> Pipeline:
    """Make a pipeline for a commit and tell the merge requests whose head it is."""
    now = state.clock()
    status = "success" if project.ci == "green" else "pending"
    pipeline = Pipeline(
        id=state.next_id(),
        iid=len(project.pipelines) + 1,
        sha=sha,
        ref=ref,
        status=status,
        source=source,
        created_at=now,
        updated_at=now,
        user=user,
        commit=await project.repository.commit(sha),
    )
    if source != "external":
        pipeline.jobs.append(Job(state.next_id(), "test", status, now))
    project.pipelines.append(pipeline)
    for mr in project.opened:
        if mr.source_branch == ref and mr.sha == sha:
            mr.pipelines.append(pipeline)
    pipeline_changed(state, project, pipeline)
    return pipeline


def pipeline_changed(state: State, project: Project, pipeline: Pipeline) -> None:
    """Fire the hooks of a pipeline's new status."""
    pipeline.updated_at = state.clock()
    touched = [mr for mr in project.opened if pipeline in mr.pipelines]
    payload = pipeline_event(state, project, pipeline, touched[0] if touched else None)
    state.deliveries.emit(project, "pipeline_events", payload)


def overall(jobs: list[Job]) -> str:
    """The status of a pipeline as its jobs make it."""
    statuses = {job.status for job in jobs if not (job.allow_failure and job.status == "failed")}
    for status in ("running", "pending", "created", "failed", "canceled"):
        if status in statuses:
            return status
    return "success" if statuses - {"skipped"} else "skipped"
