"""Merge requests, versions, approvals and issues as the API shows them."""

from playground.gitlab.merging import mergeability, unresolved
from playground.gitlab.records import Access, Issue, Json, MergeRequest, Project, User, Version
from playground.gitlab.shapes.ci import full_pipeline_shape, pipeline_shape
from playground.gitlab.shapes.people import maybe_user, user_shape
from playground.gitlab.state import State, iso

CANNOT = ("conflict", "broken_status")
NO_TIMES: Json = {
    "time_estimate": 0,
    "total_time_spent": 0,
    "human_time_estimate": None,
    "human_total_time_spent": None,
}
"""Nobody tracks time here."""


async def merge_request_shape(state: State, project: Project, mr: MergeRequest) -> Json:
    """A merge request in lists."""
    now = await mergeability(project, mr)
    return (
        _words(state, project, mr)
        | _people(state, mr)
        | {
            "merge_status": "cannot_be_merged" if now.status in CANNOT else "can_be_merged",
            "detailed_merge_status": now.status,
            "has_conflicts": now.conflicts,
            "merge_when_pipeline_succeeds": mr.auto_merge,
            "sha": mr.sha,
            "merge_commit_sha": mr.merge_commit_sha,
            "squash_commit_sha": mr.squash_commit_sha,
            "squash": mr.squash,
            "squash_on_merge": mr.squash,
            "should_remove_source_branch": mr.remove_source_branch or None,
            "force_remove_source_branch": mr.remove_source_branch,
            "blocking_discussions_resolved": not unresolved(mr),
            "user_notes_count": sum(not note.system for one in mr.discussions for note in one.notes),
            "task_completion_status": _boxes(mr.description),
            "prepared_at": iso(mr.created_at),
            "approvals_before_merge": None,
        }
    )


async def full_merge_request_shape(
    state: State, project: Project, mr: MergeRequest, user: User | None
) -> Json:
    """A merge request on its own."""
    head = mr.head_pipeline
    version = mr.versions[-1]
    may = state.access(project, user) >= project.merge_access
    return await merge_request_shape(state, project, mr) | {
        "diff_refs": {"base_sha": version.base, "head_sha": version.head, "start_sha": version.start},
        "head_pipeline": full_pipeline_shape(state, project, head) if head else None,
        "pipeline": pipeline_shape(state, project, head) if head else None,
        "merge_error": mr.merge_error,
        "rebase_in_progress": False,
        "diverged_commits_count": await _diverged(project, mr),
        "changes_count": str(await _changes(project, version)),
        "subscribed": True,
        "first_contribution": False,
        "latest_build_started_at": None,
        "latest_build_finished_at": None,
        "first_deployed_to_production_at": None,
        "user": {"can_merge": may},
    }


def _words(state: State, project: Project, mr: MergeRequest) -> Json:
    return {
        "id": mr.id,
        "iid": mr.iid,
        "project_id": project.id,
        "source_project_id": project.id,
        "target_project_id": project.id,
        "title": mr.title,
        "description": mr.description,
        "state": mr.state,
        "source_branch": mr.source_branch,
        "target_branch": mr.target_branch,
        "draft": mr.draft,
        "work_in_progress": mr.draft,
        "labels": mr.labels,
        "milestone": None,
        "created_at": iso(mr.created_at),
        "updated_at": iso(mr.updated_at),
        "merged_at": iso(mr.merged_at),
        "closed_at": iso(mr.closed_at),
        "upvotes": 0,
        "downvotes": 0,
        "discussion_locked": None,
        "reference": f"!{mr.iid}",
        "imported": False,
        "references": {"short": f"!{mr.iid}", "relative": f"!{mr.iid}", "full": f"{project.path}!{mr.iid}"},
        "web_url": state.web_url(project, "-/merge_requests", mr.iid),
        "time_stats": NO_TIMES,
    }


def _boxes(text: str) -> Json:
    done = text.count("- [x]")
    return {"count": text.count("- [ ]") + done, "completed_count": done}


def _people(state: State, mr: MergeRequest) -> Json:
    merged = maybe_user(state, mr.merged_by)
    return {
        "author": user_shape(state, mr.author),
        "assignees": [user_shape(state, one) for one in mr.assignees],
        "assignee": maybe_user(state, mr.assignees[0] if mr.assignees else None),
        "reviewers": [user_shape(state, one) for one in mr.reviewers],
        "merge_user": merged,
        "merged_by": merged if mr.state == "merged" else None,
        "closed_by": maybe_user(state, mr.closed_by),
    }


async def _diverged(project: Project, mr: MergeRequest) -> int:
    target = (await project.repository.branches()).get(mr.target_branch)
    return int(await project.repository.git("rev-list", "--count", f"{mr.sha}..{target}")) if target else 0


async def _changes(project: Project, version: Version) -> int:
    names = await project.repository.git("diff", "--name-only", "-M", version.base, version.head, "--")
    return len(names.splitlines())


def version_shape(mr: MergeRequest, version: Version) -> Json:
    """One version of a merge request's diff."""
    return {
        "id": version.id,
        "head_commit_sha": version.head,
        "base_commit_sha": version.base,
        "start_commit_sha": version.start,
        "created_at": iso(version.created_at),
        "merge_request_id": mr.id,
        "state": "collected",
        "real_size": "1",
        "patch_id_sha": None,
    }


def approvals_shape(state: State, project: Project, mr: MergeRequest, user: User) -> Json:
    """Who approved, and what is missing."""
    eligible = state.access(project, user) >= Access.DEVELOPER and user is not mr.author
    return {
        "id": mr.id,
        "iid": mr.iid,
        "project_id": project.id,
        "title": mr.title,
        "state": mr.state,
        "merge_status": "can_be_merged",
        "description": mr.description,
        "created_at": iso(mr.created_at),
        "updated_at": iso(mr.updated_at),
        "approved": len(mr.approvals) >= project.approvals_required,
        "approvals_required": project.approvals_required,
        "approvals_left": max(0, project.approvals_required - len(mr.approvals)),
        "approved_by": [{"user": user_shape(state, one)} for one in mr.approvals],
        "user_has_approved": user in mr.approvals,
        "user_can_approve": eligible and user not in mr.approvals,
        "suggested_approvers": [],
        "approvers": [],
        "approver_groups": [],
    }


def issue_shape(state: State, project: Project, issue: Issue) -> Json:
    """An issue."""
    return {
        "id": issue.id,
        "iid": issue.iid,
        "project_id": project.id,
        "title": issue.title,
        "description": issue.description,
        "state": issue.state,
        "labels": issue.labels,
        "author": user_shape(state, issue.author),
        "type": "ISSUE",
        "issue_type": "issue",
        "assignees": [user_shape(state, one) for one in issue.assignees],
        "assignee": maybe_user(state, issue.assignees[0] if issue.assignees else None),
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": None,
        "user_notes_count": sum(len(one.notes) for one in issue.discussions),
        "confidential": False,
        "milestone": None,
        "upvotes": 0,
        "downvotes": 0,
        "merge_requests_count": 0,
        "subscribed": False,
        "due_date": None,
        "discussion_locked": None,
        "severity": "UNKNOWN",
        "has_tasks": "- [" in issue.description,
        "task_status": "",
        "task_completion_status": _boxes(issue.description),
        "time_stats": NO_TIMES,
        "_links": _links(state, project, issue),
        "references": {
            "short": f"#{issue.iid}",
            "relative": f"#{issue.iid}",
            "full": f"{project.path}#{issue.iid}",
        },
        "web_url": state.web_url(project, "-/issues", issue.iid),
    }


def _links(state: State, project: Project, issue: Issue) -> Json:
    whole = f"{state.external_url}/api/v4/projects/{project.id}"
    own = f"{whole}/issues/{issue.iid}"
    return {
        "self": own,
        "notes": f"{own}/notes",
        "award_emoji": f"{own}/award_emoji",
        "project": whole,
        "closed_as_duplicate_of": None,
    }
