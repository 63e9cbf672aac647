"""What happens to issues, whoever does it: opened, labelled, closed, commented; each fires its hook."""

from playground.gitlab.acts import add_note, check_note, check_words, set_labels
from playground.gitlab.payloads import issue_event, note_event
from playground.gitlab.records import Discussion, Issue, Note, Project, User
from playground.gitlab.refusal import not_found
from playground.gitlab.state import State


def find_issue(project: Project, iid: object) -> Issue:
    """The issue with this number; refuses when there is none."""
    for one in project.issues:
        if str(one.iid) == str(iid):
            return one
    raise not_found()


def open_issue(
    state: State,
    project: Project,
    *,
    user: User,
    title: str,
    description: str = "",
    labels: list[str] | None = None,
) -> Issue:
    """Open an issue; refuses words that are too long."""
    check_words(title, description)
    now = state.clock()
    kept = set_labels(state, project, labels or [])
    number = len(project.issues) + 1
    issue = Issue(state.next_id(), number, title, description, user, now, now, labels=kept)
    project.issues.append(issue)
    _announce(state, project, issue, user=user, action="open")
    return issue


def change_issue(
    state: State,
    project: Project,
    issue: Issue,
    *,
    user: User,
    description: str | None = None,
    labels: list[str] | None = None,
    event: str | None = None,
) -> None:
    """Rewrite, label, close or reopen an issue."""
    check_words(None, description)
    issue.description = issue.description if description is None else description
    issue.labels = issue.labels if labels is None else set_labels(state, project, labels)
    issue.updated_at = state.clock()
    moved = {"close": ("opened", "closed"), "reopen": ("closed", "opened")}.get(event or "")
    if moved and issue.state == moved[0]:
        issue.state = moved[1]
        add_note(state, issue, user, moved[1].replace("opened", "reopened"), system=True)
        _announce(state, project, issue, user=user, action=event or "update")
    else:
        _announce(state, project, issue, user=user, action="update")


def comment_issue(
    state: State, project: Project, issue: Issue, *, user: User, body: str
) -> tuple[Discussion, Note]:
    """Comment on an issue."""
    check_note(body)
    discussion, note = add_note(state, issue, user, body)
    payload = note_event(state, project, issue, note=note, discussion=discussion.id)
    state.deliveries.emit(project, "note_events", payload)
    return discussion, note


def _announce(state: State, project: Project, issue: Issue, *, user: User, action: str) -> None:
    payload = issue_event(state, project, issue, user=user, action=action)
    state.deliveries.emit(project, "issues_events", payload)
