"""The bodies of webhook calls."""

from playground.gitlab.records import Json, MergeRequest, Note, Pipeline, Project, User
from playground.gitlab.repository import Commit
from playground.gitlab.state import State, iso

ZERO = "0" * 40


def hook_user(user: User) -> Json:
    """A user as webhooks show one."""
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatar_url": None,
        "email": "[REDACTED]",
    }


def hook_project(state: State, project: Project) -> Json:
    """A project as webhooks show one."""
    return {
        "id": project.id,
        "name": project.name,
        "description": None,
        "web_url": state.web_url(project),
        "avatar_url": None,
        "git_http_url": f"{state.web_url(project)}.git",
        "namespace": project.namespace,
        "visibility_level": {"private": 0, "internal": 10}.get(project.visibility, 20),
        "path_with_namespace": project.path,
        "default_branch": project.default_branch,
    }


def merge_request_attributes(state: State, project: Project, mr: MergeRequest) -> Json:
    """A merge request as webhooks show one."""
    return {
        "id": mr.id,
        "iid": mr.iid,
        "title": mr.title,
        "description": mr.description,
        "state": mr.state,
        "source_branch": mr.source_branch,
        "target_branch": mr.target_branch,
        "source_project_id": project.id,
        "target_project_id": project.id,
        "author_id": mr.author.id,
        "assignee_ids": [one.id for one in mr.assignees],
        "reviewer_ids": [one.id for one in mr.reviewers],
        "draft": mr.draft,
        "work_in_progress": mr.draft,
        "merge_commit_sha": mr.merge_commit_sha,
        "url": state.web_url(project, "-/merge_requests", mr.iid),
        "last_commit": {"id": mr.sha},
        "created_at": iso(mr.created_at),
        "updated_at": iso(mr.updated_at),
        "head_pipeline_id": mr.head_pipeline.id if mr.head_pipeline else None,
        "labels": [{"title": label} for label in mr.labels],
    }


def merge_request_event(
    state: State, project: Project, mr: MergeRequest, *, user: User, action: str, extra: Json
) -> Json:
    """The body for something that happened to a merge request."""
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": hook_user(user),
        "project": hook_project(state, project),
        "object_attributes": merge_request_attributes(state, project, mr) | {"action": action} | extra,
        "labels": [{"title": label} for label in mr.labels],
        "changes": {},
        "assignees": [hook_user(one) for one in mr.assignees],
        "reviewers": [hook_user(one) for one in mr.reviewers],
    }


def note_event(state: State, project: Project, mr: MergeRequest, *, note: Note, discussion: str) -> Json:
    """The body for a comment on a merge request."""
    url = state.web_url(project, "-/merge_requests", f"{mr.iid}#note_{note.id}")
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": hook_user(note.author),
        "project_id": project.id,
        "project": hook_project(state, project),
        "object_attributes": {
            "id": note.id,
            "note": note.body,
            "noteable_type": "MergeRequest",
            "noteable_id": mr.id,
            "author_id": note.author.id,
            "created_at": iso(note.created_at),
            "system": note.system,
            "updated_at": iso(note.updated_at),
            "discussion_id": discussion,
            "action": "create",
            "type": "DiffNote" if note.position else None,
            "position": note.position,
            "url": url,
        },
        "merge_request": merge_request_attributes(state, project, mr),
    }


def pipeline_event(state: State, project: Project, pipeline: Pipeline, mr: MergeRequest | None) -> Json:
    """The body for a pipeline that changed its status."""
    return {
        "object_kind": "pipeline",
        "user": hook_user(pipeline.user),
        "project": hook_project(state, project),
        "object_attributes": {
            "id": pipeline.id,
            "iid": pipeline.iid,
            "ref": pipeline.ref,
            "tag": False,
            "sha": pipeline.sha,
            "source": pipeline.source,
            "status": pipeline.status,
            "detailed_status": pipeline.status,
            "created_at": iso(pipeline.created_at),
            "url": state.web_url(project, "-/pipelines", pipeline.id),
        },
        "merge_request": merge_request_attributes(state, project, mr) if mr else None,
        "builds": [
            {
                "id": job.id,
                "name": job.name,
                "stage": job.stage,
                "status": job.status,
                "failure_reason": job.failure_reason,
                "allow_failure": job.allow_failure,
            }
            for job in pipeline.jobs
        ],
    }


def push_event(
    state: State, project: Project, user: User, *, ref: str, before: str, after: str, commits: list[Commit]
) -> Json:
    """The body for a branch that moved."""
    return {
        "object_kind": "push",
        "event_name": "push",
        "ref": ref,
        "before": before,
        "after": after,
        "checkout_sha": None if after == ZERO else after,
        "user_id": user.id,
        "user_name": user.name,
        "user_username": user.username,
        "project_id": project.id,
        "project": hook_project(state, project),
        "commits": [
            {
                "id": one.sha,
                "message": one.message,
                "title": one.title,
                "timestamp": one.committed,
                "author": {"name": one.author_name, "email": one.author_email},
            }
            for one in commits[:20]
        ],
        "total_commits_count": len(commits),
    }
