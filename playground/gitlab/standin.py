"""The GitLab stand-in: its state and the application that serves it."""

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from playground.gitlab.api import ROUTES
from playground.gitlab.call import bound
from playground.gitlab.contracts import Contract
from playground.gitlab.control import add_control
from playground.gitlab.faults import Handler, under_faults
from playground.gitlab.git_http import serve_git
from playground.gitlab.pages import add_pages
from playground.gitlab.records import Access, Project
from playground.gitlab.seed import TEAM, add_people, fill, new_project
from playground.gitlab.state import State

API = "/api/v4"
BODY_LIMIT = 64 * 1024 * 1024
LIMIT = 2000


class GitLabStandIn:
    """A GitLab with projects whose bare repositories are under `root`.

    `external_url` is the address in every `web_url`; left out, it is the one that calls come in on.
    `witness` sees every call, answer and hook.
    """

    def __init__(
        self,
        root: Path,
        *,
        clock: Callable[[], float] = time.time,
        external_url: str | None = None,
        witness: Contract | None = None,
    ) -> None:
        self.state = State(root, clock, (external_url or "").rstrip("/"), witness=witness)
        self._learns_url = external_url is None
        add_people(self.state)
        self.app = web.Application(client_max_size=BODY_LIMIT, middlewares=[self._middleware()])
        self.app.cleanup_ctx.append(self.state.deliveries.running)
        for route in ROUTES:
            self.app.router.add_route(route.method, API + route.path, bound(self.state, route))
        add_control(self.app, self.state)
        add_pages(self.app, self.state)
        self.app.router.add_route("*", r"/{repository:.+?}.git/{inside:.+}", self._git)
        self.app.router.add_route("*", API + "/{rest:.*}", _no_route)

    async def add_project(
        self,
        path: str,
        source: Path | None = None,
        *,
        default_branch: str = "main",
        members: Mapping[str, Access] | None = None,
        visibility: str = "private",
        ci: str = "auto",
    ) -> Project:
        """Add a project filled from a directory or a git repository (a README alone without either).

        `ci`: "auto" starts pipelines when the commit has a .gitlab-ci.yml; "none" never; "pending" always,
        left pending; "green" always, successful at once.
        """
        directory = self.state.root / f"{path}.git"
        if directory.exists():  # of a project that had this path before it was renamed
            directory = directory.with_name(f"{directory.stem}-{self.state.next_id()}.git")
        repository = await fill(directory, source, default_branch)
        project = new_project(self.state, path, repository, default_branch=default_branch)
        project.members.update(TEAM if members is None else members)
        project.visibility, project.ci = visibility, ci
        project.seen_refs = await repository.refs()
        self.state.projects.append(project)
        return project

    async def _git(self, request: web.Request) -> web.StreamResponse:
        return await serve_git(self.state, request)

    def _middleware(self) -> Middleware:
        @web.middleware
        async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._learns_url:
                self.state.external_url = str(request.url.origin())
            if request.path.startswith(("/_control", "/_static")):
                return await handler(request)
            entry = await _entry(self.state, request)
            response = await under_faults(self.state.faults.take(request), request, handler)
            entry["status"] = response.status
            if self.state.witness is not None:
                _witnessed(self.state.witness, request, str(entry["body"]), response)
            if request.path.startswith(API) and not response.prepared:
                _limits(self.state, response)
            return response

        return around


def _witnessed(witness: Contract, request: web.Request, body: str, response: web.StreamResponse) -> None:
    resource = request.match_info.route.resource
    if resource is None or not resource.canonical.startswith(API) or response.status not in (200, 201):
        return
    route = re.sub(r":[^}]*(?=})", "", resource.canonical.removeprefix(API))
    witness.call(request.method, route, query=request.query, body=body)
    if isinstance(response, web.Response) and response.content_type == "application/json":
        witness.answered(request.method, route, json.loads(response.text or "null"))


async def _entry(state: State, request: web.Request) -> dict[str, object]:
    body = await request.text() if request.content_type == "application/json" else ""
    entry: dict[str, object] = {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "body": body,
        "at": state.clock(),
        "status": None,
    }
    state.faults.calls.append(entry)
    return entry


def _limits(state: State, response: web.StreamResponse) -> None:
    response.headers.setdefault("RateLimit-Remaining", str(LIMIT - 1))
    response.headers.update(
        {
            "RateLimit-Limit": str(LIMIT),
            "RateLimit-Observed": "1",
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Reset": str(int(state.clock()) + 60),
            "X-Request-Id": f"req-{len(state.faults.calls)}",
        }
    )


async def _no_route(_request: web.Request) -> web.Response:
    return web.json_response({"error": "404 Not Found"}, status=404)
