"""Slack's Web API: who may call, what the contract refuses, faults on demand, and the record of calls."""

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web

from playground.slack.contracts import methods
from playground.slack.faults import Fault
from playground.slack.payload import Payload, SlackError
from playground.slack.state import State
from playground.slack.web_api import chat, conversations, files, reactions, users, views
from playground.slack.web_api.call import Call, arguments, checked

Handler = Callable[[Call], Payload]
"""Does the work of one method and returns its answer without `ok`."""


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(self, state: State, open_connection: Handler) -> None:
        self._state = state
        self._handlers: Mapping[str, Handler] = {
            "apps.connections.open": open_connection,
            "auth.test": _auth_test,
            **chat.HANDLERS,
            **conversations.HANDLERS,
            **files.HANDLERS,
            **reactions.HANDLERS,
            **users.HANDLERS,
            **views.HANDLERS,
        }

    def methods(self) -> list[str]:
        """Return the names of the methods that are answered."""
        return list(self._handlers)

    async def __call__(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.match_info["method"]
        faults = self._state.faults
        limited = faults.take("rate_limit", method)
        if limited:
            self._record(method, await _sent(request, method), {"ok": False, "error": "ratelimited"})
            headers = {"Retry-After": str(int(limited.seconds))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        slow = faults.take("slow", method)
        if slow:
            await asyncio.sleep(slow.seconds)
        failing = faults.take("fail", method)
        if failing and not failing.after_commit:
            self._record(method, await _sent(request, method), {"ok": False, "error": failing.error})
            return _failed(failing)
        answer = await self._answer(request, method)
        return _failed(failing) if failing else web.json_response(answer, headers=self._headers(method))

    async def _answer(self, request: web.Request, method: str) -> Payload:
        given: Payload = {}
        try:
            given = await arguments(request, method)
            self._authenticate(request, method, given)
            handler = self._handlers.get(method)
            if handler is None:
                raise SlackError("unknown_method", req_method=method)
            call = Call(method, checked(method, given), self._state)
            if methods()[method]["scopes"]:
                call.require(methods()[method]["scopes"])
            answer = {"ok": True, **handler(call)}
        except SlackError as error:
            answer = error.answer()
        self._record(method, given, answer)
        return answer

    def _authenticate(self, request: web.Request, method: str, given: Payload) -> None:
        app = self._state.workspace.app
        header = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = header or given.get("token")
        given.pop("token", None)
        if not token:
            raise SlackError("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if (token == app.app_token) != (method == "apps.connections.open"):
            raise SlackError("not_allowed_token_type")

    def _headers(self, method: str) -> dict[str, str]:
        accepted = methods()[method]["scopes"] if method in methods() else []
        scopes = ",".join(self._state.workspace.app.scopes)
        return {"x-oauth-scopes": scopes, "x-accepted-oauth-scopes": ",".join(accepted)}

    def _record(self, method: str, args: Payload, answer: Payload) -> None:
        told = {key: answer[key] for key in ("ok", "error", "ts") if key in answer}
        entry = {"method": method, "args": args, "at": self._state.clock(), "answer": told}
        self._state.calls.append(entry)


async def _sent(request: web.Request, method: str) -> Payload:
    """Return the arguments of a call that is not looked at any further."""
    try:
        return await arguments(request, method)
    except SlackError:
        return {}


def _failed(fault: Fault) -> web.Response:
    if fault.status is not None:
        return web.Response(status=fault.status, text="upstream failure")
    return web.json_response({"ok": False, "error": fault.error})


def _auth_test(call: Call) -> Payload:
    workspace = call.state.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": call.state.user(workspace.app.bot_user).name,
        "team_id": workspace.team_id,
        "user_id": workspace.app.bot_user,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }
