"""What people do to issues in GitLab's own pages: open, rewrite, label, comment."""

from playground.gitlab.control.order import Order
from playground.gitlab.issue_acts import change_issue, comment_issue, find_issue, open_issue
from playground.gitlab.records import Access, Json


async def issue(order: Order) -> Json:
    """`{project, user, title, description?, labels?}`: a person opens an issue."""
    order.sees(Access.GUEST)
    params = order.params
    title, description = params.require("title"), params.text("description") or ""
    labels = params.names("labels") or []
    params.check()
    made = open_issue(
        order.state, order.project, user=order.user, title=title, description=description, labels=labels
    )
    return {"ok": True, "iid": made.iid}


async def issue_edit(order: Order) -> Json:
    """`{project, iid, user, description?, labels?}`: a person rewrites or labels an issue."""
    order.sees(Access.REPORTER)
    found = find_issue(order.project, order.params.text("iid"))
    change_issue(
        order.state,
        order.project,
        found,
        user=order.user,
        description=order.params.text("description"),
        labels=order.params.names("labels"),
    )
    return {"ok": True}


async def issue_comment(order: Order) -> Json:
    """`{project, iid, user, body}`: a person comments on an issue."""
    order.sees(Access.GUEST)
    body = order.params.require("body")
    order.params.check()
    found = find_issue(order.project, order.params.text("iid"))
    _, note = comment_issue(order.state, order.project, found, user=order.user, body=body)
    return {"ok": True, "id": note.id}
