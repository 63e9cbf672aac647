"""Notes and discussions as the API shows them."""

from playground.gitlab.records import Discussion, Issue, Json, MergeRequest, Note, Project
from playground.gitlab.shapes.people import maybe_user, user_shape
from playground.gitlab.state import State, iso

Noteable = MergeRequest | Issue


def note_shape(
    state: State, project: Project, thing: Noteable, note: Note, *, individual: bool = True
) -> Json:
    """A note."""
    kind = "DiffNote" if note.position else (None if individual else "DiscussionNote")
    shape: Json = {
        "id": note.id,
        "type": kind,
        "body": note.body,
        "author": user_shape(state, note.author),
        "created_at": iso(note.created_at),
        "updated_at": iso(note.updated_at),
        "system": note.system,
        "noteable_id": thing.id,
        "noteable_iid": thing.iid,
        "project_id": project.id,
        "noteable_type": "MergeRequest" if isinstance(thing, MergeRequest) else "Issue",
        "resolvable": note.resolvable,
        "confidential": False,
        "internal": False,
        "imported": False,
        "commands_changes": {},
        "attachment": None,
    }
    if note.position:
        shape["position"] = note.position
        shape["commit_id"] = None
    if note.resolvable:
        shape["resolved"] = note.resolved_by is not None
        shape["resolved_by"] = maybe_user(state, note.resolved_by)
    return shape


def discussion_shape(state: State, project: Project, thing: Noteable, discussion: Discussion) -> Json:
    """A discussion with its notes."""
    return {
        "id": discussion.id,
        "individual_note": discussion.individual,
        "notes": [
            note_shape(state, project, thing, note, individual=discussion.individual)
            for note in discussion.notes
        ],
    }
