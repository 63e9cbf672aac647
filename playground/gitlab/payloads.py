"""The bodies of webhook calls, see https://docs.gitlab.com/user/project/integrations/webhook_events/."""

from playground.gitlab.hook_parts import (
    hook_commit,
    hook_labels,
    hook_project,
    hook_repository,
    hook_user,
    issue_attributes,
    merge_request_attributes,
)
from playground.gitlab.records import Issue, Job, Json, MergeRequest, Note, Pipeline, Project, User
from playground.gitlab.repository import Changes, Commit
from playground.gitlab.state import State, iso

ZERO = "0" * 40
ENDED = ("success", "failed", "canceled", "skipped")


def merge_request_event(
    state: State, project: Project, mr: MergeRequest, *, user: User, action: str, extra: Json
) -> Json:
    """The body for something that happened to a merge request."""
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": hook_user(user),
        "project": hook_project(state, project),
        "repository": hook_repository(state, project),
        "object_attributes": merge_request_attributes(state, project, mr) | {"action": action} | extra,
        "labels": hook_labels(project, mr.labels),
        "changes": {},
        "assignees": [hook_user(one) for one in mr.assignees],
        "reviewers": [hook_user(one) for one in mr.reviewers],
    }


def issue_event(state: State, project: Project, issue: Issue, *, user: User, action: str) -> Json:
    """The body for something that happened to an issue."""
    assignees = [hook_user(one) for one in issue.assignees]
    return {
        "object_kind": "issue",
        "event_type": "issue",
        "user": hook_user(user),
        "project": hook_project(state, project),
        "repository": hook_repository(state, project),
        "object_attributes": issue_attributes(state, project, issue) | {"action": action},
        "labels": hook_labels(project, issue.labels),
        "changes": {},
        "assignees": assignees,
        **({"assignee": assignees[0]} if assignees else {}),
    }


def note_event(
    state: State, project: Project, thing: MergeRequest | Issue, *, note: Note, discussion: str
) -> Json:
    """The body for a comment on a merge request or an issue."""
    merge_request = isinstance(thing, MergeRequest)
    place = "-/merge_requests" if merge_request else "-/issues"
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": hook_user(note.author),
        "project_id": project.id,
        "project": hook_project(state, project),
        "repository": hook_repository(state, project),
        "object_attributes": {
            "id": note.id,
            "note": note.body,
            "noteable_type": "MergeRequest" if merge_request else "Issue",
            "noteable_id": thing.id,
            "project_id": project.id,
            "author_id": note.author.id,
            "created_at": iso(note.created_at),
            "system": note.system,
            "updated_at": iso(note.updated_at),
            "discussion_id": discussion,
            "action": "create",
            "type": "DiffNote" if note.position else None,
            "position": note.position,
            "line_code": note.position["line_code"] if note.position else None,
            "commit_id": None,
            "attachment": None,
            "st_diff": None,
            "url": state.web_url(project, place, f"{thing.iid}#note_{note.id}"),
        },
        **_noteable(state, project, thing),
    }


def _noteable(state: State, project: Project, thing: MergeRequest | Issue) -> Json:
    if isinstance(thing, MergeRequest):
        assignee = hook_user(thing.assignees[0]) if thing.assignees else None
        return {"merge_request": merge_request_attributes(state, project, thing) | {"assignee": assignee}}
    return {"issue": issue_attributes(state, project, thing)}


def pipeline_event(state: State, project: Project, pipeline: Pipeline, mr: MergeRequest | None) -> Json:
    """The body for a pipeline that changed its status."""
    ended = pipeline.status in ENDED
    return {
        "object_kind": "pipeline",
        "user": hook_user(pipeline.user),
        "project": hook_project(state, project),
        "commit": hook_commit(state, project, pipeline.commit),
        "object_attributes": {
            "id": pipeline.id,
            "iid": pipeline.iid,
            "name": None,
            "ref": pipeline.ref,
            "tag": False,
            "sha": pipeline.sha,
            "before_sha": ZERO,
            "source": pipeline.source,
            "status": pipeline.status,
            "detailed_status": pipeline.status,
            "stages": list(dict.fromkeys(job.stage for job in pipeline.jobs)),
            "created_at": iso(pipeline.created_at),
            "finished_at": iso(pipeline.updated_at) if ended else None,
            "duration": int(pipeline.updated_at - pipeline.created_at) if ended else None,
            "variables": [],
            "url": state.web_url(project, "-/pipelines", pipeline.id),
        },
        "merge_request": merge_request_attributes(state, project, mr) if mr else None,
        "builds": [_build(pipeline, job) for job in pipeline.jobs],
    }


def _build(pipeline: Pipeline, job: Job) -> Json:
    ended = job.status in ENDED
    return {
        "id": job.id,
        "name": job.name,
        "stage": job.stage,
        "status": job.status,
        "created_at": iso(job.created_at),
        "started_at": iso(job.created_at) if ended else None,
        "finished_at": iso(pipeline.updated_at) if ended else None,
        "duration": 1.0 if ended else None,
        "queued_duration": 0.1,
        "failure_reason": job.failure_reason,
        "when": "on_success",
        "manual": False,
        "allow_failure": job.allow_failure,
        "user": hook_user(pipeline.user),
        "runner": None,
        "artifacts_file": {"filename": None, "size": None},
        "environment": None,
    }


def push_event(
    state: State,
    project: Project,
    user: User,
    *,
    ref: str,
    before: str,
    after: str,
    commits: list[Commit],
    changes: dict[str, Changes],
) -> Json:
    """The body for a branch that moved."""
    return {
        "object_kind": "push",
        "event_name": "push",
        "ref": ref,
        "ref_protected": ref.removeprefix("refs/heads/") in project.protected,
        "before": before,
        "after": after,
        "checkout_sha": None if after == ZERO else after,
        "user_id": user.id,
        "user_name": user.name,
        "user_username": user.username,
        "user_email": user.email,
        "user_avatar": None,
        "project_id": project.id,
        "project": hook_project(state, project),
        "repository": hook_repository(state, project),
        "commits": [
            hook_commit(state, project, one) | dict[str, object](changes[one.sha]) for one in commits[:20]
        ],
        "total_commits_count": len(commits),
    }
