"""Branches and protected branches."""

import fnmatch

from aiohttp import web

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.paging import paged
from playground.gitlab.pushes import refs_moved
from playground.gitlab.records import Access, Project
from playground.gitlab.refusal import bad_request, not_found, refused
from playground.gitlab.shapes.projects import branch_shape


async def list_branches(call: Call) -> web.Response:
    """GET /repository/branches, by `search` (with `^` and `$` as anchors)."""
    project, search = call.project(), call.params.text("search") or ""
    start, end = search.startswith("^"), search.endswith("$")
    pattern = ("" if start else "*") + search.strip("^$") + ("" if end else "*")
    names = [name for name in await project.repository.branches() if fnmatch.fnmatchcase(name, pattern)]

    async def shape(name: str) -> object:
        return await branch_shape(call.state, project, name, call.access_user)

    return await paged(call, names, shape)


async def show_branch(call: Call) -> web.Response:
    """GET /repository/branches/:branch."""
    project = call.project()
    name = await _known(project, call.part("branch"))
    return answer(await branch_shape(call.state, project, name, call.access_user))


async def create_branch(call: Call) -> web.Response:
    """POST /repository/branches with `branch` and `ref`."""
    project = call.project(Access.DEVELOPER)
    name, ref = call.params.require("branch"), call.params.require("ref")
    call.params.check()
    if name in await project.repository.branches():
        raise refused(400, "Branch already exists")
    sha = await project.repository.resolve(ref)
    if sha is None:
        raise refused(400, f"Invalid reference name: {ref}")
    await project.repository.move(name, sha)
    await refs_moved(call.state, project, call.user)
    return answer(await branch_shape(call.state, project, name, call.user), 201)


async def delete_branch(call: Call) -> web.Response:
    """DELETE /repository/branches/:branch."""
    project = call.project(Access.DEVELOPER)
    name = await _known(project, call.part("branch"))
    if name == project.default_branch:
        raise bad_request("Cannot remove HEAD branch")
    if name in project.protected:
        call.may(project, Access.MAINTAINER)
    await project.repository.move(name, None)
    await refs_moved(call.state, project, call.user)
    return web.Response(status=204)


async def list_protected(call: Call) -> web.Response:
    """GET /protected_branches."""
    project = call.project(Access.REPORTER)

    async def shape(name: str) -> object:
        levels = ("push_access_levels", Access.MAINTAINER), ("merge_access_levels", project.merge_access)
        return {"id": project.id, "name": name, "allow_force_push": False} | {
            key: [{"access_level": int(level), "access_level_description": level.name.title()}]
            for key, level in levels
        }

    return await paged(call, sorted(project.protected), shape)


async def _known(project: Project, name: str) -> str:
    if name not in await project.repository.branches():
        raise not_found("Branch")
    return name


ROUTES = (
    Route("GET", "/projects/{project}/repository/branches", list_branches),
    Route("POST", "/projects/{project}/repository/branches", create_branch),
    Route("GET", "/projects/{project}/repository/branches/{branch:.+}", show_branch),
    Route("DELETE", "/projects/{project}/repository/branches/{branch:.+}", delete_branch),
    Route("GET", "/projects/{project}/protected_branches", list_protected),
)
