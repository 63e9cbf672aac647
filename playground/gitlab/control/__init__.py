"""What people and trouble do to the stand-in: the routes under `/_control`, JSON in and out, no token."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.gitlab.control import issues, people, pipelines, trouble
from playground.gitlab.control.order import Order
from playground.gitlab.params import read_params
from playground.gitlab.records import Json
from playground.gitlab.refusal import Refused, bad_request
from playground.gitlab.repository import GitError
from playground.gitlab.state import State

Act = Callable[[Order], Awaitable[Json]]
ORDERS: dict[str, Act] = {
    "rate_limit": trouble.rate_limit,
    "fail": trouble.fail,
    "slow": trouble.slow,
    "reset_calls": trouble.reset_calls,
    "hook": trouble.hook,
    "hooks": trouble.hooks,
    "pipeline": pipelines.pipeline,
    "comment": people.comment_it,
    "approve": people.approve_it,
    "unapprove": people.unapprove_it,
    "request_changes": people.request_changes_of_it,
    "push": people.push,
    "close": people.close,
    "reopen": people.reopen,
    "merge": people.merge_it,
    "issue": issues.issue,
    "issue_edit": issues.issue_edit,
    "issue_comment": issues.issue_comment,
    "settings": trouble.settings,
    "rename": trouble.rename,
    "token": trouble.token,
}
QUESTIONS: dict[str, Act] = {"calls": trouble.calls, "deliveries": trouble.deliveries}


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
            except GitError as fault:
                return bad_request(str(fault)).response()

        return handle

    for name, act in ORDERS.items():
        app.router.add_post(f"/_control/{name}", bound(act, locked=True))
    for name, act in QUESTIONS.items():
        app.router.add_get(f"/_control/{name}", bound(act, locked=False))
