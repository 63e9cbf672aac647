"""Trouble on demand (limits, failures, slowness, lost hooks), settings, and the record of calls."""

from playground.gitlab.control.order import Order
from playground.gitlab.faults import Fault
from playground.gitlab.records import Hook, Json
from playground.gitlab.refusal import not_found, refused


async def rate_limit(order: Order) -> Json:
    """`{method?, path?, times?, retry_after?}`: the next calls answer 429."""
    return _plan(order, retry_after=order.params.integer("retry_after") or 1)


async def fail(order: Order) -> Json:
    """`{method?, path?, times?, status, message?, after_commit?, drop?}`: the next calls fail."""
    return _plan(order, status=order.params.integer("status") or 500)


async def slow(order: Order) -> Json:
    """`{method?, path?, times?, seconds}`: the next calls take that long."""
    seconds = order.params.require("seconds")
    order.params.check()
    return _plan(order, seconds=float(seconds))


def _plan(order: Order, *, retry_after: int | None = None, status: int = 0, seconds: float = 0.0) -> Json:
    params = order.params
    order.state.faults.planned.append(
        Fault(
            times=params.integer("times") or 1,
            method=params.text("method") or "",
            path=params.text("path") or "",
            status=status,
            message=params.text("message") or "",
            retry_after=retry_after,
            seconds=seconds,
            after_commit=bool(params.flag("after_commit")),
            drop=bool(params.flag("drop")),
        )
    )
    return {"ok": True}


async def calls(order: Order) -> Json:
    """`?method=&path=`: every call received."""
    method, path = order.params.text("method"), order.params.text("path") or ""
    found = [
        one
        for one in order.state.faults.calls
        if method in (None, one["method"]) and path in str(one["path"])
    ]
    return {"calls": found}


async def reset_calls(order: Order) -> Json:
    """Forget the calls received and the faults planned."""
    order.state.faults.calls.clear()
    order.state.faults.planned.clear()
    return {"ok": True}


async def hook(order: Order) -> Json:
    """`{project, url, token?, events?}`: add a webhook (all events when none are named)."""
    from_body = order.params.names("events") or [
        "push_events",
        "merge_requests_events",
        "note_events",
        "pipeline_events",
    ]
    project, url = order.project, order.params.require("url")
    order.params.check()
    token = order.params.text("token") or ""
    made = Hook(order.state.next_id(), url, token, set(from_body), order.state.clock())
    project.hooks.append(made)
    return {"ok": True, "id": made.id}


async def hooks(order: Order) -> Json:
    """`{lose?, double?, hold?, release?}`: what happens to the next webhook calls."""
    deliveries, params = order.state.deliveries, order.params
    deliveries.lose = params.integer("lose") or deliveries.lose
    deliveries.double = params.integer("double") or deliveries.double
    deliveries.hold = params.integer("hold") or deliveries.hold
    if params.flag("release"):
        deliveries.release()
    return {"ok": True}


async def deliveries(order: Order) -> Json:
    """Every webhook call made or lost so far, once none is waiting."""
    await order.state.deliveries.queue.join()
    return {"deliveries": order.state.deliveries.log}


async def settings(order: Order) -> Json:
    """`{project, ci?, approvals_required?, …}`: change a project's settings."""
    project, params = order.project, order.params
    project.ci = params.choice("ci", "auto", "none", "pending", "green") or project.ci
    needed = params.integer("approvals_required")
    project.approvals_required = project.approvals_required if needed is None else needed
    for name in ("pipeline_must_succeed", "discussions_must_be_resolved", "archived"):
        flag = params.flag(name)
        if flag is not None:
            setattr(project, name, flag)
    params.check()
    return {"ok": True}


async def rename(order: Order) -> Json:
    """`{project, path}`: rename or move a project; its old path redirects to it from now on."""
    project, path = order.project, order.params.require("path")
    order.params.check()
    if any(one.path.lower() == path.lower() for one in order.state.projects):
        raise refused(400, "Failed to save project: path has already been taken")
    project.formerly.add(project.path.lower())
    project.path, project.name = path, path.rpartition("/")[2]
    return {"ok": True, "id": project.id}


async def token(order: Order) -> Json:
    """`{token, revoked?, expires_at?, scopes?}`: change a token."""
    value, params = order.params.require("token"), order.params
    params.check()
    if value not in order.state.tokens:
        raise not_found("Token")
    one = order.state.tokens[value]
    revoked, scopes = params.flag("revoked"), params.names("scopes")
    one.revoked = one.revoked if revoked is None else revoked
    one.scopes = one.scopes if scopes is None else tuple(scopes)
    one.expires_at = params.text("expires_at") or one.expires_at
    return {"ok": True}
