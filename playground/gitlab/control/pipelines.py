"""Pipelines set from outside."""

from playground.gitlab.ci import STATUSES, start_pipeline
from playground.gitlab.control.order import Order
from playground.gitlab.params import Params
from playground.gitlab.records import Job, Json, Pipeline, Project, TestCase
from playground.gitlab.refusal import bad_parameter, not_found
from playground.gitlab.waiting import pipeline_moved


async def pipeline(order: Order) -> Json:
    """`{project, sha|ref|mr, status, jobs?}`: set the newest pipeline of that commit, or make one."""
    project, params = order.project, order.params
    params.require("status")
    status = params.choice("status", *STATUSES) or ""
    params.check()
    sha, ref = await _commit(order, project)
    found = [one for one in project.pipelines if one.sha == sha]
    one = (
        found[-1]
        if found
        else await start_pipeline(
            order.state, project, next(iter(order.state.users.values())), sha=sha, ref=ref
        )
    )
    for mr in project.opened:
        if mr.sha == sha and one not in mr.pipelines:
            mr.pipelines.append(one)
    _set_jobs(order, one, status)
    one.status = status
    await pipeline_moved(order.state, project, one)
    return {"ok": True, "id": one.id, "sha": sha}


async def _commit(order: Order, project: Project) -> tuple[str, str]:
    if order.params.has("mr"):
        mr = order.state.merge_request(project, order.params.text("mr"))
        return mr.sha, mr.source_branch
    revision = order.params.text("sha") or order.params.text("ref") or ""
    sha = await project.repository.resolve(revision)
    if sha is None:
        raise not_found("Commit")
    branches = await project.repository.branches()
    return sha, next((name for name, head in branches.items() if head == sha), revision)


def _set_jobs(order: Order, one: Pipeline, status: str) -> None:
    sent = order.params.values.get("jobs")
    if sent is None:
        for job in one.jobs:
            job.status = status
        return
    if not isinstance(sent, list):
        raise bad_parameter("jobs is invalid")
    one.jobs = [job for job in one.jobs if job.external]
    for entry in sent:
        fields = Params(entry if isinstance(entry, dict) else {})
        job = Job(
            order.state.next_id(),
            fields.require("name"),
            fields.text("status") or status,
            order.state.clock(),
            stage=fields.text("stage") or "test",
            trace=fields.text("trace") or "",
            failure_reason=fields.text("failure_reason"),
            tests=_tests(fields.values.get("tests")),
            allow_failure=bool(fields.flag("allow_failure")),
        )
        fields.check()
        one.jobs.append(job)


def _tests(sent: object) -> list[TestCase]:
    entries = [Params(one) for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []
    return [
        TestCase(
            one.text("name") or "",
            one.text("classname") or "",
            one.text("status") or "success",
            one.text("output") or "",
        )
        for one in entries
    ]
