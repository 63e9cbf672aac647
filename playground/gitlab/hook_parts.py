"""The things that webhook bodies are made of: people, projects, labels, commits."""

from collections.abc import Iterable

from playground.gitlab.merging import known_status, unresolved
from playground.gitlab.records import Issue, Json, Label, MergeRequest, Project, User
from playground.gitlab.repository import Commit
from playground.gitlab.state import State, iso

VISIBILITY = {"private": 0, "internal": 10}
STATE_IDS = {"opened": 1, "closed": 2, "merged": 3, "locked": 4}
NO_TIMES: Json = {
    "time_estimate": 0,
    "total_time_spent": 0,
    "time_change": 0,
    "human_total_time_spent": None,
    "human_time_change": None,
    "human_time_estimate": None,
}
"""Nobody tracks time here."""


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
    url, ssh = state.web_url(project), f"git@gitlab.example.com:{project.path}.git"
    return {
        "id": project.id,
        "name": project.name,
        "description": None,
        "web_url": url,
        "avatar_url": None,
        "git_ssh_url": ssh,
        "git_http_url": f"{url}.git",
        "namespace": project.namespace,
        "visibility_level": VISIBILITY.get(project.visibility, 20),
        "path_with_namespace": project.path,
        "default_branch": project.default_branch,
        "homepage": url,
        "url": ssh,
        "ssh_url": ssh,
        "http_url": f"{url}.git",
    }


def hook_repository(state: State, project: Project) -> Json:
    """What webhooks repeat of a project under its old name."""
    known = hook_project(state, project)
    names = ("name", "url", "description", "homepage", "git_http_url", "git_ssh_url", "visibility_level")
    return {name: known[name] for name in names}


def hook_labels(project: Project, names: Iterable[str]) -> list[Json]:
    """Labels as webhooks show them."""
    known = {one.name: one for one in project.labels}
    return [_label(project, known[name]) for name in names]


def _label(project: Project, label: Label) -> Json:
    return {
        "id": label.id,
        "title": label.name,
        "color": label.color,
        "project_id": project.id,
        "created_at": iso(project.created_at),
        "updated_at": iso(project.created_at),
        "template": False,
        "description": label.description,
        "type": "ProjectLabel",
        "group_id": None,
    }


def hook_commit(state: State, project: Project, commit: Commit) -> Json:
    """A commit as webhooks show one."""
    return {
        "id": commit.sha,
        "message": commit.message,
        "title": commit.title,
        "timestamp": commit.committed,
        "url": state.web_url(project, "-/commit", commit.sha),
        "author": {"name": commit.author_name, "email": commit.author_email},
    }


def merge_request_attributes(state: State, project: Project, mr: MergeRequest) -> Json:
    """A merge request as webhooks show one."""
    status = known_status(project, mr)
    return {
        "id": mr.id,
        "iid": mr.iid,
        "title": mr.title,
        "description": mr.description,
        "state": mr.state,
        "state_id": STATE_IDS[mr.state],
        "source_branch": mr.source_branch,
        "target_branch": mr.target_branch,
        "source_project_id": project.id,
        "target_project_id": project.id,
        "source": hook_project(state, project),
        "target": hook_project(state, project),
        "author_id": mr.author.id,
        "assignee_id": mr.assignees[0].id if mr.assignees else None,
        "assignee_ids": [one.id for one in mr.assignees],
        "reviewer_ids": [one.id for one in mr.reviewers],
        "draft": mr.draft,
        "work_in_progress": mr.draft,
        "merge_commit_sha": mr.merge_commit_sha,
        "merge_status": "can_be_merged" if status == "mergeable" else "unchecked",
        "detailed_merge_status": status,
        "blocking_discussions_resolved": not unresolved(mr),
        "first_contribution": False,
        "milestone_id": None,
        "last_edited_at": None,
        "last_edited_by_id": None,
        "url": state.web_url(project, "-/merge_requests", mr.iid),
        "last_commit": hook_commit(state, project, mr.versions[-1].commit),
        "created_at": iso(mr.created_at),
        "updated_at": iso(mr.updated_at),
        "head_pipeline_id": mr.head_pipeline.id if mr.head_pipeline else None,
        "labels": hook_labels(project, mr.labels),
    } | NO_TIMES


def issue_attributes(state: State, project: Project, issue: Issue) -> Json:
    """An issue as webhooks show one."""
    return {
        "id": issue.id,
        "iid": issue.iid,
        "title": issue.title,
        "description": issue.description,
        "state": issue.state,
        "state_id": STATE_IDS[issue.state],
        "project_id": project.id,
        "author_id": issue.author.id,
        "assignee_id": issue.assignees[0].id if issue.assignees else None,
        "assignee_ids": [one.id for one in issue.assignees],
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "updated_by_id": None,
        "last_edited_at": None,
        "last_edited_by_id": None,
        "closed_at": None,
        "relative_position": issue.iid * 513,
        "milestone_id": None,
        "confidential": False,
        "discussion_locked": None,
        "due_date": None,
        "moved_to_id": None,
        "duplicated_to_id": None,
        "weight": None,
        "health_status": None,
        "severity": "unknown",
        "url": state.web_url(project, "-/issues", issue.iid),
        "labels": hook_labels(project, issue.labels),
    } | NO_TIMES
