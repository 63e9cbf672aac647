"""What hangs on a merge request (diffs, versions, commits, pipelines, approvals); its merge and rebase."""

import os
import tempfile
from pathlib import Path

from aiohttp import web

from playground.gitlab.acts import approve, unapprove
from playground.gitlab.call import Call, Route, answer
from playground.gitlab.ci import start_pipeline
from playground.gitlab.diffs import FileDiff, file_diffs
from playground.gitlab.merging import Wish
from playground.gitlab.paging import paged
from playground.gitlab.pushes import refs_moved
from playground.gitlab.records import Access, MergeRequest, Pipeline, Project, User, Version
from playground.gitlab.refusal import forbidden, not_found
from playground.gitlab.repository import Commit, Identity, run_git
from playground.gitlab.shapes.ci import full_pipeline_shape, pipeline_shape
from playground.gitlab.shapes.merge_requests import approvals_shape, full_merge_request_shape, version_shape
from playground.gitlab.shapes.people import user_shape
from playground.gitlab.shapes.projects import commit_shape
from playground.gitlab.state import State, iso
from playground.gitlab.waiting import merge


async def diffs(call: Call) -> web.Response:
    """GET /merge_requests/:iid/diffs."""
    project, mr = call.merge_request()

    async def shape(diff: FileDiff) -> object:
        return diff.shape()

    return await paged(call, await current_diffs(project, mr), shape)


async def changes(call: Call) -> web.Response:
    """GET /merge_requests/:iid/changes (deprecated by GitLab, still there)."""
    project, mr = call.merge_request()
    body = await full_merge_request_shape(call.state, project, mr, call.access_user)
    entries = [diff.shape() for diff in await current_diffs(project, mr)]
    return answer(body | {"changes": entries, "overflow": False})


async def current_diffs(project: Project, mr: MergeRequest) -> list[FileDiff]:
    """The changes of a merge request's latest version."""
    return await file_diffs(project.repository, mr.versions[-1].base, mr.sha)


async def versions(call: Call) -> web.Response:
    """GET /merge_requests/:iid/versions, newest first."""
    _, mr = call.merge_request()

    async def shape(version: Version) -> object:
        return version_shape(mr, version)

    return await paged(call, mr.versions[::-1], shape)


async def show_version(call: Call) -> web.Response:
    """GET /merge_requests/:iid/versions/:version_id, with its diffs."""
    project, mr = call.merge_request()
    for version in mr.versions:
        if str(version.id) == call.part("version"):
            entries = await file_diffs(project.repository, version.base, version.head)
            return answer(version_shape(mr, version) | {"diffs": [one.shape() for one in entries]})
    raise not_found()


async def commits(call: Call) -> web.Response:
    """GET /merge_requests/:iid/commits, newest first."""
    project, mr = call.merge_request()
    found = await project.repository.log(f"{mr.versions[-1].base}..{mr.sha}")

    async def shape(commit: Commit) -> object:
        return commit_shape(call.state, project, commit)

    return await paged(call, found, shape)


async def pipelines(call: Call) -> web.Response:
    """GET /merge_requests/:iid/pipelines, newest first."""
    project, mr = call.merge_request()

    async def shape(pipeline: Pipeline) -> object:
        return pipeline_shape(call.state, project, pipeline)

    return await paged(call, mr.pipelines[::-1], shape)


async def create_pipeline(call: Call) -> web.Response:
    """POST /merge_requests/:iid/pipelines."""
    project, mr = call.merge_request(Access.DEVELOPER)
    made = await start_pipeline(
        call.state, project, call.user, sha=mr.sha, ref=mr.source_branch, source="merge_request_event"
    )
    return answer(full_pipeline_shape(call.state, project, made), 201)


async def approvals(call: Call) -> web.Response:
    """GET /merge_requests/:iid/approvals."""
    project, mr = call.merge_request()
    return answer(approvals_shape(call.state, project, mr, call.user))


async def approval_state(call: Call) -> web.Response:
    """GET /merge_requests/:iid/approval_state."""
    project, mr = call.merge_request()
    rule = {
        "id": 1,
        "name": "All Members",
        "rule_type": "any_approver",
        "eligible_approvers": [],
        "approvals_required": project.approvals_required,
        "users": [],
        "groups": [],
        "approved_by": [user_shape(call.state, one) for one in mr.approvals],
        "approved": len(mr.approvals) >= project.approvals_required,
    }
    return answer({"approval_rules_overwritten": False, "rules": [rule]})


async def approve_it(call: Call) -> web.Response:
    """POST /merge_requests/:iid/approve, with a `sha` guard."""
    project, mr = call.merge_request()
    approve(call.state, project, mr, user=call.user, sha=call.params.text("sha"))
    return answer(approvals_shape(call.state, project, mr, call.user), 201)


async def unapprove_it(call: Call) -> web.Response:
    """POST /merge_requests/:iid/unapprove."""
    project, mr = call.merge_request()
    unapprove(call.state, project, mr, user=call.user)
    return answer(approvals_shape(call.state, project, mr, call.user), 201)


async def reviewers(call: Call) -> web.Response:
    """GET /merge_requests/:iid/reviewers."""
    _, mr = call.merge_request()

    async def shape(user: User) -> object:
        wanting = "requested_changes" if user in mr.changes_requested else "unreviewed"
        state = "approved" if user in mr.approvals else wanting
        return {"user": user_shape(call.state, user), "state": state, "created_at": iso(mr.created_at)}

    return await paged(call, mr.reviewers, shape)


async def merge_it(call: Call) -> web.Response:
    """PUT /merge_requests/:iid/merge."""
    project, mr = call.merge_request()
    params = call.params
    wish = Wish(
        sha=params.text("sha"),
        squash=params.flag("squash"),
        remove_source_branch=params.flag("should_remove_source_branch"),
        auto=bool(params.flag("merge_when_pipeline_succeeds") or params.flag("auto_merge")),
        message=params.text("merge_commit_message"),
    )
    params.check()
    await merge(call.state, project, mr, user=call.user, wish=wish)
    return answer(await full_merge_request_shape(call.state, project, mr, call.user))


async def cancel_auto_merge(call: Call) -> web.Response:
    """POST /merge_requests/:iid/cancel_merge_when_pipeline_succeeds."""
    project, mr = call.merge_request(Access.DEVELOPER)
    mr.auto_merge, mr.merged_by = False, None
    return answer(await full_merge_request_shape(call.state, project, mr, call.user), 201)


async def rebase(call: Call) -> web.Response:
    """PUT /merge_requests/:iid/rebase: done at once, reported as begun, as GitLab does."""
    project, mr = call.merge_request(Access.DEVELOPER)
    if mr.state != "opened" or mr.source_branch not in await project.repository.branches():
        raise forbidden()
    await _rebase(call.state, project, mr, call.user)
    return answer({"rebase_in_progress": True}, 202)


async def _rebase(state: State, project: Project, mr: MergeRequest, user: User) -> None:
    target = (await project.repository.branches())[mr.target_branch]
    identity = Identity(user.name, user.email, state.clock()).environment()
    committer = {name: value for name, value in identity.items() if "COMMITTER" in name}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        await run_git("clone", "-q", "--shared", "--no-checkout", str(project.directory), folder, cwd=place)
        await run_git("checkout", "-q", "--detach", mr.sha, cwd=place)
        done = await run_git("rebase", "-q", target, cwd=place, env=committer)
        mr.merge_error = None if done.code == 0 else REBASE_FAILED
        if done.code == 0:
            await run_git("push", "-q", "origin", f"+HEAD:refs/rebase/{mr.iid}", cwd=place, env=NO_OPTIONS)
            new = await project.repository.git("rev-parse", f"refs/rebase/{mr.iid}")
            await project.repository.move(mr.source_branch, new, mr.sha)
            await project.repository.git("update-ref", "-d", f"refs/rebase/{mr.iid}")
    await refs_moved(state, project, user)


NO_OPTIONS = {"GITLAB_OPTIONS": os.devnull}
REBASE_FAILED = "Rebase failed: Rebase locally, resolve all conflicts, then push the branch."
PLACE = "/projects/{project}/merge_requests/{iid}"
ROUTES = (
    Route("GET", f"{PLACE}/diffs", diffs),
    Route("GET", f"{PLACE}/changes", changes),
    Route("GET", f"{PLACE}/versions", versions),
    Route("GET", f"{PLACE}/versions/{{version}}", show_version),
    Route("GET", f"{PLACE}/commits", commits),
    Route("GET", f"{PLACE}/pipelines", pipelines),
    Route("POST", f"{PLACE}/pipelines", create_pipeline),
    Route("GET", f"{PLACE}/approvals", approvals),
    Route("GET", f"{PLACE}/approval_state", approval_state),
    Route("POST", f"{PLACE}/approve", approve_it),
    Route("POST", f"{PLACE}/unapprove", unapprove_it),
    Route("GET", f"{PLACE}/reviewers", reviewers),
    Route("PUT", f"{PLACE}/merge", merge_it),
    Route("POST", f"{PLACE}/cancel_merge_when_pipeline_succeeds", cancel_auto_merge),
    Route("PUT", f"{PLACE}/rebase", rebase),
)
