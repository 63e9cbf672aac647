"""Threads of merge requests, also on lines of the diff."""

from aiohttp import web

from playground.gitlab.acts import check_note, comment, noted
from playground.gitlab.call import Call, Route, answer
from playground.gitlab.commands import obey
from playground.gitlab.paging import paged
from playground.gitlab.positions import check_position
from playground.gitlab.records import Access, Discussion, MergeRequest, Note
from playground.gitlab.refusal import forbidden, not_found
from playground.gitlab.shapes.notes import discussion_shape, note_shape


async def list_discussions(call: Call) -> web.Response:
    """GET …/discussions, oldest first."""
    project, mr = call.merge_request()

    async def shape(discussion: Discussion) -> object:
        return discussion_shape(call.state, project, mr, discussion)

    return await paged(call, mr.discussions, shape)


async def show_discussion(call: Call) -> web.Response:
    """GET …/discussions/:discussion_id."""
    project, mr = call.merge_request()
    return answer(discussion_shape(call.state, project, mr, _find(call, mr)))


async def create_discussion(call: Call) -> web.Response:
    """POST …/discussions with a `body` and, for a line of the diff, a `position`; quick actions act."""
    project, mr = call.merge_request()
    body, sent = call.params.require("body"), call.params.group("position")
    call.params.check()
    call.may(project, Access.GUEST)
    check_note(body)
    position = await check_position(project, mr, sent) if sent else None
    body, done = await obey(call.state, project, mr, user=call.user, body=body)
    if done and not body.strip():
        return answer({"commands_changes": dict.fromkeys(done, True)}, 202)
    discussion, _ = comment(
        call.state, project, mr, user=call.user, body=body, position=position, thread=True
    )
    return answer(discussion_shape(call.state, project, mr, discussion), 201)


async def resolve_discussion(call: Call) -> web.Response:
    """PUT …/discussions/:discussion_id with `resolved`."""
    project, mr = call.merge_request()
    discussion = _find(call, mr)
    call.params.require("resolved")
    resolved = call.params.flag("resolved")
    call.params.check()
    if mr.author is not call.user:
        call.may(project, Access.DEVELOPER)
    for note in discussion.notes:
        note.resolved_by = call.user if resolved and note.resolvable else None
    return answer(discussion_shape(call.state, project, mr, discussion))


async def reply(call: Call) -> web.Response:
    """POST …/discussions/:discussion_id/notes with a `body`; quick actions in it are carried out."""
    project, mr = call.merge_request()
    discussion = _find(call, mr)
    body = call.params.require("body")
    call.params.check()
    call.may(project, Access.GUEST)
    check_note(body)
    body, done = await obey(call.state, project, mr, user=call.user, body=body)
    if done and not body.strip():
        return answer({"commands_changes": dict.fromkeys(done, True)}, 202)
    now, first = call.state.clock(), discussion.notes[0]
    note = Note(
        call.state.next_id(), call.user, body, now, now, position=first.position, resolvable=first.resolvable
    )
    discussion.notes.append(note)
    mr.updated_at = now
    noted(call.state, project, mr, discussion=discussion, note=note)
    return answer(note_shape(call.state, project, mr, note, individual=discussion.individual), 201)


async def change_reply(call: Call) -> web.Response:
    """PUT …/discussions/:discussion_id/notes/:note_id with a `body` or `resolved`."""
    project, mr = call.merge_request()
    for note in _find(call, mr).notes:
        if str(note.id) != call.part("note"):
            continue
        body, resolved = call.params.text("body"), call.params.flag("resolved")
        if body is None and resolved is None:
            call.params.wrong.append("body, resolved are missing, exactly one parameter must be provided")
        call.params.check()
        if body is not None and note.author is not call.user:
            raise forbidden()
        check_note(body or "")
        note.body = note.body if body is None else body
        if resolved is not None and note.resolvable:
            note.resolved_by = call.user if resolved else None
        note.updated_at = call.state.clock()
        return answer(note_shape(call.state, project, mr, note, individual=False))
    raise not_found("Note")


def _find(call: Call, mr: MergeRequest) -> Discussion:
    for discussion in mr.discussions:
        if discussion.id == call.part("discussion"):
            return discussion
    raise not_found("Discussion")


PLACE = "/projects/{project}/merge_requests/{iid}/discussions"
ROUTES = (
    Route("GET", PLACE, list_discussions),
    Route("POST", PLACE, create_discussion),
    Route("GET", f"{PLACE}/{{discussion}}", show_discussion),
    Route("PUT", f"{PLACE}/{{discussion}}", resolve_discussion),
    Route("POST", f"{PLACE}/{{discussion}}/notes", reply),
    Route("PUT", f"{PLACE}/{{discussion}}/notes/{{note}}", change_reply),
)
