"""The pages a person sees in the browser."""

from pathlib import Path

from aiohttp import web

from playground.gitlab.issue_acts import find_issue
from playground.gitlab.pages.index import index_page
from playground.gitlab.pages.issue import issue_page
from playground.gitlab.pages.merge_request import merge_request_page
from playground.gitlab.refusal import Refused
from playground.gitlab.state import State

STATIC = Path(__file__).parents[2] / "web" / "gitlab"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def add_pages(app: web.Application, state: State) -> None:
    """Bind the pages and their style and script."""

    async def index(request: web.Request) -> web.Response:
        return _page(index_page(state, _person(state, request)).text)

    async def merge_request(request: web.Request) -> web.Response:
        try:
            project = state.project(request.match_info["repository"])
            mr = state.merge_request(project, request.match_info["iid"])
        except Refused:
            return web.Response(status=404, text="There is no such merge request.")
        page = await merge_request_page(state, project, mr, person=_person(state, request))
        return _page(page.text)

    async def issue(request: web.Request) -> web.Response:
        try:
            project = state.project(request.match_info["repository"])
            found = find_issue(project, request.match_info["iid"])
        except Refused:
            return web.Response(status=404, text="There is no such issue.")
        return _page(issue_page(state, project, found, person=_person(state, request)).text)

    async def upload(request: web.Request) -> web.Response:
        for project in state.projects:
            if request.path in project.uploads:
                headers = HEADERS | {"Content-Disposition": "attachment"}
                return web.Response(body=project.uploads[request.path], headers=headers)
        return web.Response(status=404, text="There is no such file.")

    app.router.add_get("/", index)
    app.router.add_get("/uploads/{secret}/{name}", upload)
    app.router.add_get(r"/{repository:.+?}/-/merge_requests/{iid:\d+}", merge_request)
    app.router.add_get(r"/{repository:.+?}/-/issues/{iid:\d+}", issue)
    app.router.add_static("/_static", STATIC)


def _person(state: State, request: web.Request) -> str:
    wanted = request.query.get("user", "")
    return wanted if wanted in state.users else "ben"


def _page(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers=HEADERS)
