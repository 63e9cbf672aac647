"""Webhooks of a project."""

from aiohttp import web
from yarl import URL

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.deliveries import TITLES
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Hook
from playground.gitlab.refusal import not_found, refused
from playground.gitlab.shapes.projects import hook_shape


async def list_hooks(call: Call) -> web.Response:
    """GET /hooks."""
    project = call.project(Access.MAINTAINER)

    async def shape(hook: Hook) -> object:
        return hook_shape(project, hook)

    return await paged(call, project.hooks, shape)


async def create_hook(call: Call) -> web.Response:
    """POST /hooks with a `url`, a `token` and the events; push events unless told otherwise."""
    project, params = call.project(Access.MAINTAINER), call.params
    url, token = params.require("url"), params.text("token") or ""
    flags = {name: params.flag(name) for name in TITLES}
    params.check()
    if URL(url).scheme not in ("http", "https"):
        raise refused(422, "Invalid url given")
    events = {name for name, wanted in flags.items() if wanted or (wanted is None and name == "push_events")}
    hook = Hook(call.state.next_id(), url, token, events, call.state.clock())
    project.hooks.append(hook)
    return answer(hook_shape(project, hook), 201)


async def delete_hook(call: Call) -> web.Response:
    """DELETE /hooks/:id."""
    project = call.project(Access.MAINTAINER)
    for hook in project.hooks:
        if str(hook.id) == call.part("hook"):
            project.hooks.remove(hook)
            return web.Response(status=204)
    raise not_found()


ROUTES = (
    Route("GET", "/projects/{project}/hooks", list_hooks),
    Route("POST", "/projects/{project}/hooks", create_hook),
    Route("DELETE", "/projects/{project}/hooks/{hook}", delete_hook),
)
