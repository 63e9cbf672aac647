"""Whether a merge request can be merged, and the merge itself, done in git."""

from dataclasses import dataclass

from playground.gitlab.records import Access, MergeRequest, Project, User
from playground.gitlab.refusal import refused
from playground.gitlab.repository import Identity
from playground.gitlab.state import State

ACTIVE = ("created", "waiting_for_resource", "preparing", "pending", "running", "scheduled")


@dataclass(frozen=True)
class Mergeability:
    """GitLab's `detailed_merge_status` and whether the branches conflict."""

    status: str
    conflicts: bool


async def mergeability(project: Project, mr: MergeRequest) -> Mergeability:
    """The first thing, in GitLab's order, that stands against a merge."""
    branches = await project.repository.branches()
    source, target = branches.get(mr.source_branch), branches.get(mr.target_branch)
    broken = mr.state == "opened" and (not source or not target or not _commits(mr))
    conflicts = False
    if source and target and mr.state == "opened":
        conflicts = await project.repository.merged_tree(target, source) is None
    return Mergeability(_status(project, mr, broken=broken, conflicts=conflicts), conflicts)


def _commits(mr: MergeRequest) -> bool:
    return mr.versions[-1].base != mr.sha


def _status(project: Project, mr: MergeRequest, *, broken: bool, conflicts: bool) -> str:
    pipeline = mr.head_pipeline
    against = {
        "not_open": mr.state != "opened",
        "draft_status": mr.draft,
        "broken_status": broken,
        "discussions_not_resolved": project.discussions_must_be_resolved and unresolved(mr),
        "ci_still_running": project.pipeline_must_succeed and pipeline and pipeline.status in ACTIVE,
        "ci_must_pass": project.pipeline_must_succeed and (not pipeline or pipeline.status != "success"),
        "not_approved": len(mr.approvals) < project.approvals_required,
        "requested_changes": bool(mr.changes_requested),
        "conflict": conflicts,
    }
    return next((status for status, stands in against.items() if stands), "mergeable")


def known_status(project: Project, mr: MergeRequest) -> str:
    """The same as far as it can be told without looking into the repository."""
    return _status(project, mr, broken=False, conflicts=False)


def unresolved(mr: MergeRequest) -> bool:
    """Whether a thread is still open."""
    notes = [note for thread in mr.discussions for note in thread.notes]
    return any(note.resolvable and note.resolved_by is None for note in notes)


def may_merge(state: State, project: Project, mr: MergeRequest, user: User) -> bool:
    """Whether a user may merge into the target branch."""
    needed = project.merge_access if mr.target_branch in project.protected else Access.DEVELOPER
    return state.access(project, user) >= needed


@dataclass(frozen=True)
class Wish:
    """How a merge is to be done."""

    sha: str | None = None
    squash: bool | None = None
    remove_source_branch: bool | None = None
    auto: bool = False
    message: str | None = None


async def merge_request_merge(
    state: State, project: Project, mr: MergeRequest, *, user: User, wish: Wish
) -> bool:
    """Merge, or set to merge once the pipeline is green; false for the latter. Refuses as GitLab does."""
    if not may_merge(state, project, mr, user):
        raise refused(401, "401 Unauthorized")
    state_now = await mergeability(project, mr)
    pipeline = mr.head_pipeline
    waits = bool(wish.auto and pipeline and pipeline.status in ACTIVE)
    if state_now.status not in ("mergeable", "conflict") and not (
        waits and state_now.status in ("ci_still_running", "ci_must_pass")
    ):
        raise refused(405, "405 Method Not Allowed")
    if state_now.conflicts:
        raise refused(422, "Branch cannot be merged")
    if wish.sha is not None and wish.sha != mr.sha:
        raise refused(409, f"SHA does not match HEAD of source branch: {mr.sha}")
    mr.squash = mr.squash if wish.squash is None else wish.squash
    mr.remove_source_branch = wish.remove_source_branch or mr.remove_source_branch
    mr.merged_by = user
    if waits:
        mr.auto_merge = True
        return False
    await _merge(state, project, mr, user=user, message=wish.message)
    return True


async def merge_when_green(state: State, project: Project, mr: MergeRequest) -> bool:
    """Merge now if it was set to and nothing stands against it."""
    user = mr.merged_by
    pipeline = mr.head_pipeline
    green = pipeline is not None and pipeline.status == "success"
    if not mr.auto_merge or not green or user is None:
        return False
    if (await mergeability(project, mr)).status != "mergeable":
        return False
    await _merge(state, project, mr, user=user, message=None)
    return True


async def _merge(
    state: State, project: Project, mr: MergeRequest, *, user: User, message: str | None
) -> None:
    git, identity = project.repository, Identity(user.name, user.email, state.clock())
    target = (await git.branches())[mr.target_branch]
    head = mr.sha
    if mr.squash:
        base = await git.merge_base(target, head) or target
        words = f"{mr.title}\n"
        head = await git.write_commit(f"{head}^{{tree}}", base, message=words, identity=identity)
        mr.squash_commit_sha = head
    tree = await git.merged_tree(target, head)
    if tree is None:
        raise refused(422, "Branch cannot be merged")
    words = message or merge_message(project, mr)
    merged = await git.write_commit(tree, target, head, message=words, identity=identity)
    await git.move(mr.target_branch, merged, target)
    if mr.remove_source_branch and mr.source_branch not in project.protected:
        await git.move(mr.source_branch, None)
    mr.state, mr.auto_merge, mr.merge_commit_sha = "merged", False, merged
    mr.merged_by, mr.merged_at = user, state.clock()
    mr.updated_at = state.clock()


def merge_message(project: Project, mr: MergeRequest) -> str:
    """GitLab's default words for a merge commit."""
    return (
        f"Merge branch '{mr.source_branch}' into '{mr.target_branch}'\n\n{mr.title}\n\n"
        f"See merge request {project.path}!{mr.iid}\n"
    )
