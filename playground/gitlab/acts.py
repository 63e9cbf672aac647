"""What happens to merge requests, whoever does it: opened, updated, closed, approved, commented."""

import hashlib

from playground.gitlab.payloads import merge_request_event, note_event
from playground.gitlab.records import (
    Access,
    Discussion,
    Issue,
    Json,
    Label,
    MergeRequest,
    Note,
    Project,
    User,
    Version,
)
from playground.gitlab.refusal import Refused, forbidden, invalid, not_found, refused, unauthorized
from playground.gitlab.state import State

TITLE_LIMIT = 255
DESCRIPTION_LIMIT = 1_048_576
NOTE_LIMIT = 1_000_000


def announce(
    state: State, project: Project, mr: MergeRequest, *, user: User, action: str, extra: Json | None = None
) -> None:
    """Fire the hooks of something that happened to a merge request."""
    payload = merge_request_event(state, project, mr, user=user, action=action, extra=extra or {})
    state.deliveries.emit(project, "merge_requests_events", payload)


def check_words(title: str | None, description: str | None) -> None:
    """Refuse titles and descriptions that are too long."""
    if title is not None and not title.strip():
        raise invalid("title", "can't be blank")
    if title is not None and len(title) > TITLE_LIMIT:
        raise invalid("title", f"is too long (maximum is {TITLE_LIMIT} characters)")
    if description is not None and len(description) > DESCRIPTION_LIMIT:
        raise invalid("description", f"is too long (maximum is {DESCRIPTION_LIMIT} characters)")


def check_branches(
    project: Project,
    branches: dict[str, str],
    *,
    source: str,
    target: str,
    besides: MergeRequest | None = None,
) -> None:
    """Refuse a pair of branches that cannot become a merge request."""
    for name, value in (("source_branch", source), ("target_branch", target)):
        if value not in branches:
            raise invalid(name, "does not exist")
    if source == target:
        raise refused(409, ["You can't use same project/branch for source and target"])
    for one in project.opened:
        if one is not besides and (one.source_branch, one.target_branch) == (source, target):
            raise another(one)


def another(mr: MergeRequest) -> Refused:
    """409: that merge request is open for the same branches."""
    return refused(409, [f"Another open merge request already exists for this source branch: !{mr.iid}"])


async def add_version(state: State, project: Project, mr: MergeRequest) -> None:
    """Remember what the merge request's diff is made of now."""
    branches = await project.repository.branches()
    head, start = branches[mr.source_branch], branches[mr.target_branch]
    base = await project.repository.merge_base(start, head) or start
    commit = await project.repository.commit(head)
    mr.versions.append(Version(state.next_id(), base, start, head, state.clock(), commit))
    mr.updated_at = state.clock()


def set_labels(state: State, project: Project, names: list[str]) -> list[str]:
    """The labels to keep on something; unknown ones are made, as GitLab does."""
    known = {label.name for label in project.labels}
    for name in names:
        if name not in known:
            project.labels.append(Label(state.next_id(), name))
            known.add(name)
    return sorted(set(names))


def add_note(
    state: State,
    thing: MergeRequest | Issue,
    user: User,
    body: str,
    *,
    position: Json | None = None,
    thread: bool = False,
    system: bool = False,
) -> tuple[Discussion, Note]:
    """Write a comment, alone or as the start of a thread."""
    now = state.clock()
    note = Note(state.next_id(), user, body, now, now, system=system, position=position, resolvable=thread)
    key = hashlib.sha1(str(note.id).encode(), usedforsecurity=False).hexdigest()
    discussion = Discussion(key, individual=not thread, notes=[note])
    thing.discussions.append(discussion)
    thing.updated_at = now
    return discussion, note


def check_note(body: str) -> None:
    """Refuse a comment that is too long."""
    if len(body) > NOTE_LIMIT:
        why = f'Note {{:note=>["is too long (maximum is {NOTE_LIMIT} characters)"]}}'
        raise refused(400, f"400 Bad request - {why}")


def comment(
    state: State,
    project: Project,
    mr: MergeRequest,
    *,
    user: User,
    body: str,
    position: Json | None = None,
    thread: bool = False,
) -> tuple[Discussion, Note]:
    """Comment on a merge request and fire the hooks."""
    check_note(body)
    discussion, note = add_note(state, mr, user, body, position=position, thread=thread)
    noted(state, project, mr, discussion=discussion, note=note)
    return discussion, note


def noted(state: State, project: Project, mr: MergeRequest, *, discussion: Discussion, note: Note) -> None:
    """Fire the hooks of a comment."""
    payload = note_event(state, project, mr, note=note, discussion=discussion.id)
    state.deliveries.emit(project, "note_events", payload)


def set_state(state: State, project: Project, mr: MergeRequest, *, user: User, event: str) -> None:
    """Close or reopen; the wrong way round changes nothing, as in GitLab."""
    if event == "close" and mr.state == "opened":
        mr.state, mr.closed_by, mr.closed_at, mr.auto_merge = "closed", user, state.clock(), False
        add_note(state, mr, user, "closed", system=True)
        announce(state, project, mr, user=user, action="close")
    elif event == "reopen" and mr.state == "closed":
        twin = [one for one in project.opened if one.source_branch == mr.source_branch]
        if any(one.target_branch == mr.target_branch for one in twin):
            raise another(twin[0])
        mr.state, mr.closed_by, mr.closed_at = "opened", None, None
        add_note(state, mr, user, "reopened", system=True)
        announce(state, project, mr, user=user, action="reopen")


def approve(state: State, project: Project, mr: MergeRequest, *, user: User, sha: str | None = None) -> None:
    """Approve; refuses the author, guests, people who did already, and another head."""
    if state.access(project, user) < Access.DEVELOPER or user is mr.author or user in mr.approvals:
        raise unauthorized()
    if sha is not None and sha != mr.sha:
        raise refused(409, f"SHA does not match HEAD of source branch: {mr.sha}")
    if mr.state != "opened":
        raise forbidden()
    mr.approvals.append(user)
    mr.changes_requested = [one for one in mr.changes_requested if one is not user]
    add_note(state, mr, user, "approved this merge request", system=True)
    announce(state, project, mr, user=user, action="approved")


def request_changes(state: State, project: Project, mr: MergeRequest, *, user: User) -> None:
    """End a review by asking for changes; refuses the author, guests and what is not open."""
    if state.access(project, user) < Access.DEVELOPER or user is mr.author:
        raise unauthorized()
    if mr.state != "opened":
        raise forbidden()
    if user not in mr.reviewers:
        mr.reviewers.append(user)
    if user in mr.approvals:
        mr.approvals.remove(user)
    if user not in mr.changes_requested:
        mr.changes_requested.append(user)
    add_note(state, mr, user, "requested changes", system=True)
    announce(state, project, mr, user=user, action="update")


def unapprove(state: State, project: Project, mr: MergeRequest, *, user: User) -> None:
    """Take an approval back; refuses when there is none."""
    if user not in mr.approvals:
        raise not_found()
    mr.approvals.remove(user)
    add_note(state, mr, user, "unapproved this merge request", system=True)
    announce(state, project, mr, user=user, action="unapproved")
