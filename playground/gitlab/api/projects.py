"""Projects, their members and uploads."""

import hashlib

from aiohttp import web
from aiohttp.web import FileField

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Project
from playground.gitlab.refusal import bad_parameter, not_found
from playground.gitlab.shapes.people import member_shape
from playground.gitlab.shapes.projects import project_shape


async def list_projects(call: Call) -> web.Response:
    """GET /projects: those that the caller sees, newest first."""
    params, user = call.params, call.access_user
    search = (params.text("search") or "").lower()
    member, archived = params.flag("membership"), params.flag("archived")
    least = params.integer("min_access_level")
    order = params.choice("order_by", "id", "name", "path", "created_at", "updated_at", "last_activity_at")
    upwards = params.choice("sort", "asc", "desc") == "asc"
    params.choice("pagination", "keyset", "offset", "legacy")
    params.check()
    found = [
        one
        for one in call.state.projects
        if call.state.sees(one, user)
        and (search in one.name.lower() or search in one.path.lower())
        and (not member or (user is not None and user.username in one.members))
        and (archived is None or one.archived is archived)
        and (least is None or call.state.access(one, user) >= least)
    ]
    by_name = order in ("name", "path")
    found.sort(key=lambda one: (one.path if by_name else "", one.id), reverse=not upwards)

    async def shape(project: Project) -> object:
        return project_shape(call.state, project, user)

    return await paged(call, found, shape)


async def show_project(call: Call) -> web.Response:
    """GET /projects/:id."""
    return answer(project_shape(call.state, call.project(), call.access_user))


async def list_members(call: Call) -> web.Response:
    """GET /projects/:id/members(/all), by `query`."""
    project, wanted = call.project(), (call.params.text("query") or "").lower()
    names = [name for name in project.members if wanted in name.lower()]

    async def shape(name: str) -> object:
        return member_shape(call.state, call.state.user(name), project.members[name])

    return await paged(call, names, shape)


async def show_member(call: Call) -> web.Response:
    """GET /projects/:id/members/(all/):user_id."""
    project = call.project()
    for name, access in project.members.items():
        user = call.state.user(name)
        if str(user.id) == call.part("user"):
            return answer(member_shape(call.state, user, access))
    raise not_found()


async def upload(call: Call) -> web.Response:
    """POST /projects/:id/uploads: a multipart form with a `file`."""
    project = call.project(Access.GUEST)
    if call.request.content_type != "multipart/form-data":
        raise bad_parameter("file is missing")
    field = (await call.request.post()).get("file")
    if not isinstance(field, FileField):
        raise bad_parameter("file is missing")
    content = field.file.read()
    secret = hashlib.sha256(content + str(call.state.next_id()).encode()).hexdigest()[:32]
    path = f"/uploads/{secret}/{field.filename}"
    project.uploads[path] = content
    full = f"/-/project/{project.id}{path}"
    return answer(
        {
            "id": call.state.next_id(),
            "alt": field.filename.rpartition(".")[0] or field.filename,
            "url": path,
            "full_path": full,
            "markdown": f"[{field.filename}]({path})",
        },
        201,
    )


ROUTES = (
    Route("GET", "/projects", list_projects),
    Route("GET", "/projects/{project}", show_project),
    Route("GET", "/projects/{project}/members", list_members),
    Route("GET", "/projects/{project}/members/all", list_members),
    Route("GET", "/projects/{project}/members/all/{user}", show_member),
    Route("GET", r"/projects/{project}/members/{user:\d+}", show_member),
    Route("POST", "/projects/{project}/uploads", upload),
)
