"""Plain comments of merge requests and issues."""

from collections.abc import Callable, Sequence

from aiohttp import web

from playground.gitlab.acts import check_note, comment
from playground.gitlab.call import Call, Route, answer
from playground.gitlab.commands import obey
from playground.gitlab.issue_acts import comment_issue, find_issue
from playground.gitlab.paging import paged
from playground.gitlab.records import Access, Discussion, Issue, MergeRequest, Note, Project
from playground.gitlab.refusal import forbidden, not_found
from playground.gitlab.shapes.notes import note_shape

Noteable = MergeRequest | Issue
Finder = Callable[[Call], tuple[Project, Noteable]]


def merge_request_of(call: Call) -> tuple[Project, Noteable]:
    """The merge request in the address."""
    return call.merge_request()


def issue_of(call: Call) -> tuple[Project, Noteable]:
    """The issue in the address."""
    project = call.project()
    return project, find_issue(project, call.part("iid"))


async def list_notes(call: Call) -> web.Response:
    """GET …/notes, newest first unless sorted otherwise."""
    project, thing = _thing(call)
    order = call.params.choice("order_by", "created_at", "updated_at")
    upwards = call.params.choice("sort", "asc", "desc") == "asc"
    call.params.check()
    pairs = _pairs(thing.discussions)
    pairs.sort(
        key=lambda pair: (pair[1].updated_at if order == "updated_at" else pair[1].created_at, pair[1].id),
        reverse=not upwards,
    )

    async def shape(pair: tuple[Discussion, Note]) -> object:
        return note_shape(call.state, project, thing, pair[1], individual=pair[0].individual)

    return await paged(call, pairs, shape)


async def show_note(call: Call) -> web.Response:
    """GET …/notes/:note_id."""
    project, thing = _thing(call)
    discussion, note = _find(call, thing)
    return answer(note_shape(call.state, project, thing, note, individual=discussion.individual))


async def create_note(call: Call) -> web.Response:
    """POST …/notes with a `body`; quick actions in it are carried out."""
    project, thing = _thing(call)
    body = call.params.require("body")
    call.params.check()
    call.may(project, Access.GUEST)
    check_note(body)
    if isinstance(thing, Issue):
        _, note = comment_issue(call.state, project, thing, user=call.user, body=body)
        return answer(note_shape(call.state, project, thing, note), 201)
    rest, done = await obey(call.state, project, thing, user=call.user, body=body)
    if done and not rest.strip():
        changes = dict.fromkeys(done, True)
        return answer({"commands_changes": changes, "summary": [f"Applied: {', '.join(done)}."]}, 202)
    _, note = comment(call.state, project, thing, user=call.user, body=rest)
    return answer(note_shape(call.state, project, thing, note), 201)


async def change_note(call: Call) -> web.Response:
    """PUT …/notes/:note_id with a `body`; only one's own."""
    project, thing = _thing(call)
    discussion, note = _find(call, thing)
    body = call.params.require("body")
    call.params.check()
    _own(call, project, note)
    check_note(body)
    note.body, note.updated_at = body, call.state.clock()
    return answer(note_shape(call.state, project, thing, note, individual=discussion.individual))


async def delete_note(call: Call) -> web.Response:
    """DELETE …/notes/:note_id; only one's own, or as maintainer."""
    project, thing = _thing(call)
    discussion, note = _find(call, thing)
    _own(call, project, note)
    discussion.notes.remove(note)
    if not discussion.notes:
        thing.discussions.remove(discussion)
    return web.Response(status=204)


def _thing(call: Call) -> tuple[Project, Noteable]:
    return issue_of(call) if "/issues/" in call.request.path else merge_request_of(call)


def _pairs(discussions: Sequence[Discussion]) -> list[tuple[Discussion, Note]]:
    return [(discussion, note) for discussion in discussions for note in discussion.notes]


def _find(call: Call, thing: Noteable) -> tuple[Discussion, Note]:
    for discussion, note in _pairs(thing.discussions):
        if str(note.id) == call.part("note"):
            return discussion, note
    raise not_found("Note")


def _own(call: Call, project: Project, note: Note) -> None:
    maintains = call.state.access(project, call.user, call.token) >= Access.MAINTAINER
    if note.system or (note.author is not call.user and not maintains):
        raise forbidden()


ROUTES = tuple(
    Route(method, f"/projects/{{project}}/{kind}/{{iid}}/notes{rest}", endpoint)
    for kind in ("merge_requests", "issues")
    for method, rest, endpoint in (
        ("GET", "", list_notes),
        ("POST", "", create_note),
        ("GET", "/{note}", show_note),
        ("PUT", "/{note}", change_note),
        ("DELETE", "/{note}", delete_note),
    )
)
