"""Issues."""

from datetime import datetime

from aiohttp import web

from playground.gitlab.api.notes import issue_of
from playground.gitlab.call import Call, Route, answer
from playground.gitlab.issue_acts import change_issue, find_issue, open_issue
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Issue
from playground.gitlab.refusal import forbidden
from playground.gitlab.shapes.merge_requests import issue_shape


async def list_issues(call: Call) -> web.Response:
    """GET /issues, by `state`, `labels`, `updated_after` and `search`, newest first."""
    project, params = call.project(), call.params
    state = params.choice("state", "opened", "closed", "all") or "all"
    labels, iids = params.names("labels") or [], params.integers("iids")
    search = (params.text("search") or "").lower()
    after = params.text("updated_after")
    since = datetime.fromisoformat(after.replace("Z", "+00:00")).timestamp() if after else 0.0
    params.check()
    found = [
        one
        for one in reversed(project.issues)
        if state in ("all", one.state)
        and one.updated_at >= since
        and set(labels) <= set(one.labels)
        and (iids is None or one.iid in iids)
        and search in f"{one.title} {one.description}".lower()
    ]

    async def shape(issue: Issue) -> object:
        return issue_shape(call.state, project, issue)

    return await paged(call, found, shape)


async def show_issue(call: Call) -> web.Response:
    """GET /issues/:iid."""
    project, issue = issue_of(call)
    if not isinstance(issue, Issue):
        raise forbidden()
    return answer(issue_shape(call.state, project, issue))


async def create_issue(call: Call) -> web.Response:
    """POST /issues with a `title`."""
    project, params = call.project(Access.GUEST), call.params
    title, description = params.require("title"), params.text("description") or ""
    labels, assignees = params.names("labels") or [], params.integers("assignee_ids") or []
    params.check()
    issue = open_issue(
        call.state, project, user=call.user, title=title, description=description, labels=labels
    )
    issue.assignees = call.state.users_by_id(assignees)
    return answer(issue_shape(call.state, project, issue), 201)


async def update_issue(call: Call) -> web.Response:
    """PUT /issues/:iid with a `description`, `labels` or `state_event`."""
    project, params = call.project(Access.REPORTER), call.params
    description, labels = params.text("description"), params.names("labels")
    event = params.choice("state_event", "close", "reopen")
    params.check()
    issue = find_issue(project, call.part("iid"))
    change_issue(
        call.state, project, issue, user=call.user, description=description, labels=labels, event=event
    )
    return answer(issue_shape(call.state, project, issue))


ROUTES = (
    Route("PUT", "/projects/{project}/issues/{iid}", update_issue),
    Route("GET", "/projects/{project}/issues", list_issues),
    Route("POST", "/projects/{project}/issues", create_issue),
    Route("GET", "/projects/{project}/issues/{iid}", show_issue),
)
