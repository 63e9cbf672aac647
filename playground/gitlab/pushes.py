"""What follows when refs moved: new versions, pipelines, merges noticed, hooks."""

from playground.gitlab.acts import add_note, add_version, announce
from playground.gitlab.ci import has_ci, start_pipeline
from playground.gitlab.payloads import ZERO, push_event
from playground.gitlab.records import MergeRequest, Project, User
from playground.gitlab.repository import Identity
from playground.gitlab.state import State

HEADS = "refs/heads/"


async def refs_moved(state: State, project: Project, user: User, *, skip_ci: bool = False) -> None:
    """Compare the refs with those seen last and let everything follow that a push brings about."""
    before, after = project.seen_refs, await project.repository.refs()
    project.seen_refs = after
    for ref in sorted(before.keys() | after.keys()):
        old, new = before.get(ref, ZERO), after.get(ref, ZERO)
        if old != new and ref.startswith(HEADS):
            await _branch_moved(state, project, user, ref=ref, old=old, new=new)
            if new != ZERO and not skip_ci and await has_ci(project, new):
                branch = ref.removeprefix(HEADS)
                await start_pipeline(state, project, user, sha=new, ref=branch)


async def commit_files(
    state: State, project: Project, user: User, *, branch: str, files: dict[str, str | None], message: str
) -> str:
    """A person commits files to a branch (made from the default branch when new) and pushes it."""
    git = project.repository
    branches = await git.branches()
    parent = branches.get(branch) or branches.get(project.default_branch)
    tree = await git.write_tree(parent, files)
    identity = Identity(user.name, user.email, state.clock())
    parents = (parent,) if parent else ()
    sha = await git.write_commit(tree, *parents, message=f"{message}\n", identity=identity)
    await git.move(branch, sha, branches.get(branch))
    await refs_moved(state, project, user)
    return sha


async def _branch_moved(state: State, project: Project, user: User, *, ref: str, old: str, new: str) -> None:
    branch = ref.removeprefix(HEADS)
    commits, changes = [], {}
    if new != ZERO:
        span = new if old == ZERO else f"{old}..{new}"
        commits = await project.repository.log("--max-count=1000", "--end-of-options", span)
        changes = await project.repository.changes("--max-count=1000", "--end-of-options", span)
    payload = push_event(
        state, project, user, ref=ref, before=old, after=new, commits=commits, changes=changes
    )
    state.deliveries.emit(project, "push_events", payload)
    if new == ZERO:
        return
    for mr in project.opened:
        if mr.source_branch == branch and mr.sha != new:
            await _new_head(state, project, mr, user=user, old=old)
        elif mr.target_branch == branch:
            await _target_moved(state, project, mr, user=user, new=new)


async def _new_head(state: State, project: Project, mr: MergeRequest, *, user: User, old: str) -> None:
    await add_version(state, project, mr)
    mr.auto_merge = False
    count = len(await project.repository.log("--end-of-options", f"{old}..{mr.sha}"))
    words = f"added {count} commit{'' if count == 1 else 's'}"
    add_note(state, mr, user, words, system=True)
    announce(state, project, mr, user=user, action="update", extra={"oldrev": old})


async def _target_moved(state: State, project: Project, mr: MergeRequest, *, user: User, new: str) -> None:
    if mr.versions[-1].base == mr.sha or not await project.repository.contains(new, mr.sha):
        return
    mr.state, mr.merged_by, mr.merged_at, mr.merge_commit_sha = "merged", user, state.clock(), new
    mr.updated_at = state.clock()
    announce(state, project, mr, user=user, action="merge")
