"""Issues."""

from datetime import datetime

from aiohttp import web

from playground.gitlab.acts import check_words, set_labels
from playground.gitlab.api.notes import issue_of
from playground.gitlab.call import Call, Route, answer
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
    check_words(title, description)
    now = call.state.clock()
    issue = Issue(
        call.state.next_id(),
        len(project.issues) + 1,
        title,
        description,
        call.user,
        now,
        now,
        labels=set_labels(call.state, project, labels),
        assignees=call.state.users_by_id(assignees),
    )
    project.issues.append(issue)
    return answer(issue_shape(call.state, project, issue), 201)


ROUTES = (
    Route("GET", "/projects/{project}/issues", list_issues),
    Route("POST", "/projects/{project}/issues", create_issue),
    Route("GET", "/projects/{project}/issues/{iid}", show_issue),
)
