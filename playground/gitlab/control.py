"""What people and trouble do to the stand-in: the routes under `/_control`, JSON in and out, no token."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from playground.gitlab.acts import approve, comment, set_state, unapprove
from playground.gitlab.ci import STATUSES, start_pipeline
from playground.gitlab.faults import Fault
from playground.gitlab.merging import Wish
from playground.gitlab.params import Params, read_params
from playground.gitlab.positions import check_position
from playground.gitlab.pushes import commit_files
from playground.gitlab.records import Hook, Job, Json, MergeRequest, Pipeline, Project, TestCase, User
from playground.gitlab.refusal import Refused, bad_parameter, not_found
from playground.gitlab.state import State
from playground.gitlab.waiting import merge, pipeline_moved


@dataclass(frozen=True)
class Order:
    """One call of the control side."""

    state: State
    params: Params

    @property
    def project(self) -> Project:
        """The project named in the body."""
        name = self.params.require("project")
        self.params.check()
        return self.state.project(name)

    @property
    def user(self) -> User:
        """The person named in the body."""
        name = self.params.require("user")
        self.params.check()
        return self.state.user(name)

    def merge_request(self) -> tuple[Project, MergeRequest]:
        """The merge request named by `project` and `iid`."""
        return self.project, self.state.merge_request(self.project, self.params.text("iid"))


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
    order.state.faults.planned.append(Fault(
        times=params.integer("times") or 1, method=params.text("method") or "",
        path=params.text("path") or "", status=status, message=params.text("message") or "",
        retry_after=retry_after, seconds=seconds, after_commit=bool(params.flag("after_commit")),
        drop=bool(params.flag("drop")),
    ))
    return {"ok": True}


async def calls(order: Order) -> Json:
    """`?method=&path=`: every call received."""
    method, path = order.params.text("method"), order.params.text("path") or ""
    found = [
        one for one in order.state.faults.calls
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
        "push_events", "merge_requests_events", "note_events", "pipeline_events"
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


async def pipeline(order: Order) -> Json:
    """`{project, sha|ref|mr, status, jobs?}`: set the newest pipeline of that commit, or make one."""
    project, params = order.project, order.params
    params.require("status")
    status = params.choice("status", *STATUSES) or ""
    params.check()
    sha, ref = await _commit(order, project)
    found = [one for one in project.pipelines if one.sha == sha]
    one = found[-1] if found else await start_pipeline(
        order.state, project, next(iter(order.state.users.values())), sha=sha, ref=ref
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
            order.state.next_id(), fields.require("name"), fields.text("status") or status,
            order.state.clock(), stage=fields.text("stage") or "test", trace=fields.text("trace") or "",
            failure_reason=fields.text("failure_reason"), tests=_tests(fields.values.get("tests")),
            allow_failure=bool(fields.flag("allow_failure")),
        )
        fields.check()
        one.jobs.append(job)


def _tests(sent: object) -> list[TestCase]:
    entries = [Params(one) for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []
    return [
        TestCase(one.text("name") or "", one.text("classname") or "", one.text("status") or "success",
                 one.text("output") or "")
        for one in entries
    ]


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


async def push(order: Order) -> Json:
    """`{project, branch, user, files: {path: content or null}, message}`: a person pushes a commit."""
    files, message = order.params.values.get("files"), order.params.text("message") or "Change files"
    project, branch = order.project, order.params.require("branch")
    order.params.check()
    if not isinstance(files, dict):
        raise bad_parameter("files is invalid")
    changed = {str(path): None if text is None else str(text) for path, text in files.items()}
    sha = await commit_files(order.state, project, order.user, branch=branch, files=changed, message=message)
    return {"ok": True, "sha": sha}


async def close(order: Order) -> Json:
    """`{project, iid, user}`: a person closes the merge request."""
    project, mr = order.merge_request()
    set_state(order.state, project, mr, user=order.user, event="close")
    return {"ok": True, "state": mr.state}


async def reopen(order: Order) -> Json:
    """`{project, iid, user}`: a person opens the merge request again."""
    project, mr = order.merge_request()
    set_state(order.state, project, mr, user=order.user, event="reopen")
    return {"ok": True, "state": mr.state}


async def merge_it(order: Order) -> Json:
    """`{project, iid, user, squash?}`: a person merges."""
    project, mr = order.merge_request()
    await merge(order.state, project, mr, user=order.user, wish=Wish(squash=order.params.flag("squash")))
    return {"ok": True, "state": mr.state, "sha": mr.merge_commit_sha}


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


Act = Callable[[Order], Awaitable[Json]]
ORDERS: dict[str, Act] = {
    "rate_limit": rate_limit, "fail": fail, "slow": slow, "reset_calls": reset_calls, "hook": hook,
    "hooks": hooks, "pipeline": pipeline, "comment": comment_it, "approve": approve_it,
    "unapprove": unapprove_it, "push": push, "close": close, "reopen": reopen, "merge": merge_it,
    "settings": settings, "token": token,
}
QUESTIONS: dict[str, Act] = {"calls": calls, "deliveries": deliveries}


def add_control(app: web.Application, state: State) -> None:
    """Bind every order and question."""

    def bound(act: Act, *, locked: bool) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                order = Order(state, await read_params(request))
                if not locked:
                    return web.json_response(await act(order))
                async with state.lock:
                    return web.json_response(await act(order))
            except Refused as refusal:
                return refusal.response()

        return handle

    for name, act in ORDERS.items():
        app.router.add_post(f"/_control/{name}", bound(act, locked=True))
    for name, act in QUESTIONS.items():
        app.router.add_get(f"/_control/{name}", bound(act, locked=False))
