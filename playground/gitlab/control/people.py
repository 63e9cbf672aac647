"""What people do in GitLab's own pages: comment, approve, request changes, push, close, merge."""

from playground.gitlab.acts import approve, comment, request_changes, set_state, unapprove
from playground.gitlab.control.order import Order
from playground.gitlab.merging import Wish
from playground.gitlab.positions import check_position
from playground.gitlab.pushes import commit_files
from playground.gitlab.records import Access, Json
from playground.gitlab.refusal import bad_parameter
from playground.gitlab.waiting import merge


async def comment_it(order: Order) -> Json:
    """`{project, iid, user, body, position?, discussion?}`: a person comments."""
    project, mr = order.merge_request()
    body, sent = order.params.require("body"), order.params.group("position")
    order.params.check()
    position = await check_position(project, mr, sent) if sent else None
    thread = bool(sent or order.params.flag("discussion"))
    discussion, note = comment(
        order.state, project, mr, user=order.user, body=body, position=position, thread=thread
    )
    return {"ok": True, "id": note.id, "discussion_id": discussion.id}


async def approve_it(order: Order) -> Json:
    """`{project, iid, user}`: a person approves."""
    project, mr = order.merge_request()
    approve(order.state, project, mr, user=order.user)
    return {"ok": True}


async def unapprove_it(order: Order) -> Json:
    """`{project, iid, user}`: a person takes an approval back."""
    project, mr = order.merge_request()
    unapprove(order.state, project, mr, user=order.user)
    return {"ok": True}


async def request_changes_of_it(order: Order) -> Json:
    """`{project, iid, user, body?}`: a person ends a review by asking for changes."""
    project, mr = order.merge_request()
    body = order.params.text("body")
    request_changes(order.state, project, mr, user=order.user)
    if body:
        comment(order.state, project, mr, user=order.user, body=body)
    return {"ok": True}


async def push(order: Order) -> Json:
    """`{project, branch, user, files: {path: content or null}, message}`: a person pushes a commit."""
    files, message = order.params.values.get("files"), order.params.text("message") or "Change files"
    project, branch = order.project, order.params.require("branch")
    order.params.check()
    if not isinstance(files, dict):
        raise bad_parameter("files is invalid")
    order.sees(Access.MAINTAINER if branch in project.protected else Access.DEVELOPER)
    changed = {str(path): None if text is None else str(text) for path, text in files.items()}
    sha = await commit_files(order.state, project, order.user, branch=branch, files=changed, message=message)
    return {"ok": True, "sha": sha}


async def close(order: Order) -> Json:
    """`{project, iid, user}`: a person closes the merge request."""
    project, mr = order.merge_request()
    order.sees(Access.NONE if mr.author is order.user else Access.DEVELOPER)
    set_state(order.state, project, mr, user=order.user, event="close")
    return {"ok": True, "state": mr.state}


async def reopen(order: Order) -> Json:
    """`{project, iid, user}`: a person opens the merge request again."""
    project, mr = order.merge_request()
    order.sees(Access.NONE if mr.author is order.user else Access.DEVELOPER)
    set_state(order.state, project, mr, user=order.user, event="reopen")
    return {"ok": True, "state": mr.state}


async def merge_it(order: Order) -> Json:
    """`{project, iid, user, squash?}`: a person merges."""
    project, mr = order.merge_request()
    await merge(order.state, project, mr, user=order.user, wish=Wish(squash=order.params.flag("squash")))
    return {"ok": True, "state": mr.state, "sha": mr.merge_commit_sha}
