"""One API call: who, which project, which parameters; and the wrapper that makes handlers routes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from playground.gitlab.auth import READ_SCOPES, api_token
from playground.gitlab.params import Params, read_params
from playground.gitlab.records import Access, MergeRequest, Project, Token, User
from playground.gitlab.refusal import (
    Refused,
    bad_request,
    forbidden,
    moved,
    not_found,
    refused,
    unauthorized,
)
from playground.gitlab.repository import GitError
from playground.gitlab.state import State

NO_MOVED = "Non GET methods are not allowed for moved projects"


@dataclass(frozen=True)
class Call:
    """A call that passed the token check."""

    state: State
    request: web.Request
    token: Token | None
    params: Params

    @property
    def user(self) -> User:
        """Who calls; refuses anonymous calls."""
        if self.token is None:
            raise unauthorized()
        return self.token.user

    @property
    def access_user(self) -> User | None:
        """Who calls, None for an anonymous call."""
        return self.token.user if self.token else None

    def part(self, name: str) -> str:
        """A decoded part of the address."""
        return self.request.match_info[name]

    def project(self, needed: Access = Access.NONE) -> Project:
        """The project in the address, if the caller sees it and has the access that is needed."""
        key = self.part("project")
        project = self.state.project(key)
        if not self.state.sees(project, self.access_user):
            raise not_found("Project")
        reading = self.request.method in ("GET", "HEAD")
        if key.lower() in project.formerly:
            raise moved(self.request, project.id) if reading else refused(405, NO_MOVED)
        if project.archived and not reading:
            raise forbidden()
        if needed > Access.NONE:
            self.may(project, needed)
        return project

    def may(self, project: Project, needed: Access) -> None:
        """Refuse callers who lack this access."""
        if self.state.access(project, self.user, self.token) < needed:
            raise forbidden()

    def merge_request(self, needed: Access = Access.NONE) -> tuple[Project, MergeRequest]:
        """The project and the merge request in the address."""
        project = self.project(needed)
        return project, self.state.merge_request(project, self.part("iid"))


Endpoint = Callable[[Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Route:
    """One line of the API's table."""

    method: str
    path: str
    endpoint: Endpoint
    scopes: tuple[str, ...] | None = None


def answer(body: object, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.json_response(body, status=status)


def bound(state: State, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of a route: token, parameters, one writer at a time, refusals as answers."""

    async def handle(request: web.Request) -> web.StreamResponse:
        reading = request.method in ("GET", "HEAD")
        scopes = route.scopes or (READ_SCOPES if reading else ("api",))
        try:
            token = api_token(state, request, scopes)
            if token is None and not reading:
                raise unauthorized()
            call = Call(state, request, token, await read_params(request))
            if reading:
                return await route.endpoint(call)
            async with state.lock:
                return await route.endpoint(call)
        except Refused as refusal:
            return refusal.response()
        except GitError as fault:
            return bad_request(str(fault)).response()

    return handle
