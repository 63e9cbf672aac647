"""Projects, branches, commits, labels and hooks as the API shows them."""

from playground.gitlab.deliveries import TITLES
from playground.gitlab.records import Access, Hook, Json, Label, Project, User
from playground.gitlab.repository import Commit
from playground.gitlab.state import State, iso


def project_shape(state: State, project: Project, user: User | None) -> Json:
    """A project as this user sees it."""
    access = state.access(project, user)
    grant: Json = {"access_level": int(access), "notification_level": 3}
    allowed: Json = {"project_access": grant if access > Access.NONE else None, "group_access": None}
    return _names(state, project) | _settings(project) | {"permissions": allowed}


def _names(state: State, project: Project) -> Json:
    url = state.web_url(project)
    return {
        "id": project.id,
        "description": None,
        "name": project.name,
        "name_with_namespace": f"{project.namespace} / {project.name}",
        "path": project.name,
        "path_with_namespace": project.path,
        "web_url": url,
        "http_url_to_repo": f"{url}.git",
        "ssh_url_to_repo": f"git@gitlab.example.com:{project.path}.git",
        "readme_url": None,
        "topics": [],
        "tag_list": [],
        "created_at": iso(project.created_at),
        "last_activity_at": iso(_last_activity(project)),
        "namespace": {
            "id": project.id + 1000,
            "name": project.namespace,
            "path": project.namespace,
            "kind": "group",
            "full_path": project.namespace,
            "parent_id": None,
            "web_url": f"{state.external_url}/{project.namespace}",
        },
    }


def _settings(project: Project) -> Json:
    return {
        "default_branch": project.default_branch,
        "visibility": project.visibility,
        "archived": project.archived,
        "empty_repo": not project.seen_refs,
        "issues_enabled": True,
        "merge_requests_enabled": True,
        "jobs_enabled": True,
        "merge_requests_access_level": "enabled",
        "builds_access_level": "enabled",
        "open_issues_count": sum(one.state == "opened" for one in project.issues),
        "only_allow_merge_if_pipeline_succeeds": project.pipeline_must_succeed,
        "only_allow_merge_if_all_discussions_are_resolved": project.discussions_must_be_resolved,
        "merge_method": "merge",
        "squash_option": "default_off",
        "ci_config_path": None,
        "remove_source_branch_after_merge": True,
        "approvals_before_merge": project.approvals_required,
    }


def _last_activity(project: Project) -> float:
    return max([project.created_at, *(one.updated_at for one in project.merge_requests)])


def commit_shape(state: State, project: Project, commit: Commit) -> Json:
    """A commit."""
    return {
        "id": commit.sha,
        "short_id": commit.sha[:8],
        "title": commit.title,
        "message": commit.message,
        "parent_ids": list(commit.parents),
        "author_name": commit.author_name,
        "author_email": commit.author_email,
        "authored_date": commit.authored,
        "committer_name": commit.committer_name,
        "committer_email": commit.committer_email,
        "committed_date": commit.committed,
        "created_at": commit.committed,
        "trailers": {},
        "extended_trailers": {},
        "web_url": state.web_url(project, "-/commit", commit.sha),
    }


async def branch_shape(state: State, project: Project, name: str, user: User | None) -> Json:
    """A branch with its head commit."""
    sha = (await project.repository.branches())[name]
    protected = name in project.protected
    merged = name != project.default_branch and await project.repository.contains(project.default_branch, sha)
    access = state.access(project, user)
    return {
        "name": name,
        "commit": commit_shape(state, project, await project.repository.commit(sha)),
        "merged": merged,
        "protected": protected,
        "default": name == project.default_branch,
        "developers_can_push": False,
        "developers_can_merge": protected and project.merge_access <= Access.DEVELOPER,
        "can_push": access >= (Access.MAINTAINER if protected else Access.DEVELOPER),
        "web_url": state.web_url(project, "-/tree", name),
    }


def label_shape(label: Label) -> Json:
    """A label."""
    return {
        "id": label.id,
        "name": label.name,
        "color": label.color,
        "text_color": "#FFFFFF",
        "description": label.description,
        "description_html": label.description or "",
        "priority": None,
        "is_project_label": True,
        "subscribed": False,
        "archived": False,
    }


def hook_shape(project: Project, hook: Hook) -> Json:
    """A webhook, without its secret."""
    flags: Json = {name: name in hook.events for name in TITLES}
    return flags | {
        "id": hook.id,
        "url": hook.url,
        "project_id": project.id,
        "created_at": iso(hook.created_at),
        "enable_ssl_verification": True,
        "alert_status": "executable",
        "disabled_until": None,
    }
