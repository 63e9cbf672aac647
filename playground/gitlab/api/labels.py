"""Labels."""

import re

from aiohttp import web

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Label
from playground.gitlab.refusal import invalid, not_found, refused
from playground.gitlab.shapes.projects import label_shape

COLOR = re.compile(r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|[a-z]+)$")


async def list_labels(call: Call) -> web.Response:
    """GET /labels, by `search`."""
    project, search = call.project(), (call.params.text("search") or "").lower()

    async def shape(label: Label) -> object:
        return label_shape(label)

    found = [one for one in project.labels if search in one.name.lower()]
    return await paged(call, sorted(found, key=lambda one: one.name), shape)


async def show_label(call: Call) -> web.Response:
    """GET /labels/:id or name."""
    return answer(label_shape(_find(call)))


async def create_label(call: Call) -> web.Response:
    """POST /labels with `name` and `color`."""
    project = call.project(Access.REPORTER)
    name, color = call.params.require("name"), call.params.require("color")
    call.params.check()
    if any(one.name == name for one in project.labels):
        raise refused(409, "Label already exists")
    if not COLOR.match(color):
        raise invalid("color", "must be a valid color code")
    label = Label(call.state.next_id(), name, color, call.params.text("description"))
    project.labels.append(label)
    return answer(label_shape(label), 201)


async def delete_label(call: Call) -> web.Response:
    """DELETE /labels/:id or name."""
    call.project(Access.REPORTER).labels.remove(_find(call))
    return web.Response(status=204)


def _find(call: Call) -> Label:
    for label in call.project().labels:
        if call.part("label") in (label.name, str(label.id)):
            return label
    raise not_found("Label")


ROUTES = (
    Route("GET", "/projects/{project}/labels", list_labels),
    Route("POST", "/projects/{project}/labels", create_label),
    Route("GET", "/projects/{project}/labels/{label}", show_label),
    Route("DELETE", "/projects/{project}/labels/{label}", delete_label),
)
