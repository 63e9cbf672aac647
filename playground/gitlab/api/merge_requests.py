"""Merge requests: found, opened, shown, changed."""

from aiohttp import web

from playground.gitlab.acts import (
    add_note,
    add_version,
    announce,
    check_branches,
    check_words,
    set_labels,
    set_state,
)
from playground.gitlab.call import Call, Route, answer
from playground.gitlab.ci import has_ci, start_pipeline
from playground.gitlab.commands import obey
from playground.gitlab.finding import find_merge_requests
from playground.gitlab.paging import paged
from playground.gitlab.params import Params
from playground.gitlab.records import Access, MergeRequest, Project, User
from playground.gitlab.refusal import bad_parameter, forbidden
from playground.gitlab.shapes.merge_requests import full_merge_request_shape, merge_request_shape
from playground.gitlab.state import State


async def list_merge_requests(call: Call) -> web.Response:
    """GET /projects/:id/merge_requests."""
    project = call.project()
    return await _listed(call, [(project, mr) for mr in project.merge_requests])


async def list_all(call: Call) -> web.Response:
    """GET /merge_requests of every project the caller sees; one's own unless `scope` says otherwise."""
    user, scope = call.user, call.params.text("scope") or "created_by_me"
    pairs = [
        (project, mr)
        for project in call.state.projects
        if call.state.sees(project, user)
        for mr in project.merge_requests
        if scope == "all" or mr.author is user or (scope == "assigned_to_me" and user in mr.assignees)
    ]
    return await _listed(call, pairs)


async def _listed(call: Call, pairs: list[tuple[Project, MergeRequest]]) -> web.Response:
    async def shape(pair: tuple[Project, MergeRequest]) -> object:
        return await merge_request_shape(call.state, *pair)

    return await paged(call, find_merge_requests(call.params, pairs), shape)


async def show(call: Call) -> web.Response:
    """GET /merge_requests/:iid."""
    project, mr = call.merge_request()
    return answer(await full_merge_request_shape(call.state, project, mr, call.access_user))


async def create(call: Call) -> web.Response:
    """POST /projects/:id/merge_requests."""
    project = call.project(Access.DEVELOPER)
    params = call.params
    source, target = params.require("source_branch"), params.require("target_branch")
    title = params.require("title")
    params.check()
    now = call.state.clock()
    mr = MergeRequest(
        call.state.next_id(), len(project.merge_requests) + 1, title, "", source, target, call.user, now, now
    )
    await _change(call.state, project, mr, params=params, user=call.user)
    check_branches(project, await project.repository.branches(), source=source, target=target)
    await add_version(call.state, project, mr)
    project.merge_requests.append(mr)
    mr.pipelines += [one for one in project.pipelines if one.sha == mr.sha and one.ref == source]
    if not mr.pipelines and await has_ci(project, mr.sha):
        await start_pipeline(
            call.state, project, call.user, sha=mr.sha, ref=source, source="merge_request_event"
        )
    announce(call.state, project, mr, user=call.user, action="open")
    mr.description, _ = await obey(call.state, project, mr, user=call.user, body=mr.description)
    return answer(await full_merge_request_shape(call.state, project, mr, call.user), 201)


async def update(call: Call) -> web.Response:
    """PUT /merge_requests/:iid."""
    project, mr = call.merge_request()
    if call.user is not mr.author and call.state.access(project, call.user, call.token) < Access.DEVELOPER:
        raise forbidden()
    event = call.params.choice("state_event", "close", "reopen")
    if not set(call.params.values) & CHANGEABLE:
        names = ", ".join(sorted(CHANGEABLE))
        raise bad_parameter(f"{names} are missing, at least one parameter must be provided")
    was = (mr.title, mr.draft)
    await _change(call.state, project, mr, params=call.params, user=call.user)
    mr.updated_at = call.state.clock()
    if mr.title != was[0]:
        words = "marked this merge request as **ready**" if was[1] and not mr.draft else "changed title"
        add_note(call.state, mr, call.user, words, system=True)
    if event:
        set_state(call.state, project, mr, user=call.user, event=event)
    announce(call.state, project, mr, user=call.user, action="update")
    if call.params.has("description"):
        mr.description, _ = await obey(call.state, project, mr, user=call.user, body=mr.description)
    return answer(await full_merge_request_shape(call.state, project, mr, call.user))


CHANGEABLE = {
    "title",
    "description",
    "state_event",
    "labels",
    "add_labels",
    "remove_labels",
    "reviewer_ids",
    "assignee_ids",
    "assignee_id",
    "target_branch",
    "squash",
    "remove_source_branch",
}


async def _change(state: State, project: Project, mr: MergeRequest, *, params: Params, user: User) -> None:
    title, description = params.text("title"), params.text("description")
    labels, added = params.names("labels"), params.names("add_labels") or []
    removed = params.names("remove_labels") or []
    reviewers, assignees = params.integers("reviewer_ids"), params.integers("assignee_ids")
    if params.has("assignee_id"):
        assignees = params.integers("assignee_id")
    target = params.text("target_branch")
    squash, remove = params.flag("squash"), params.flag("remove_source_branch")
    params.check()
    check_words(title, description)
    if target is not None and mr.versions and target != mr.target_branch:
        branches = await project.repository.branches()
        check_branches(project, branches, source=mr.source_branch, target=target, besides=mr)
        mr.target_branch = target
        await add_version(state, project, mr)
    mr.title = mr.title if title is None else title
    mr.description = mr.description if description is None else description
    kept = [one for one in (mr.labels if labels is None else labels) + added if one not in removed]
    mr.labels = set_labels(state, project, kept)
    mr.reviewers = mr.reviewers if reviewers is None else state.users_by_id(reviewers)
    mr.assignees = mr.assignees if assignees is None else state.users_by_id(assignees)
    mr.squash = mr.squash if squash is None else squash
    mr.remove_source_branch = mr.remove_source_branch if remove is None else remove


ROUTES = (
    Route("GET", "/merge_requests", list_all),
    Route("GET", "/projects/{project}/merge_requests", list_merge_requests),
    Route("POST", "/projects/{project}/merge_requests", create),
    Route("GET", "/projects/{project}/merge_requests/{iid}", show),
    Route("PUT", "/projects/{project}/merge_requests/{iid}", update),
)
