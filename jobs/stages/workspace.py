"""Where a run stands: the repository, its three commits, and a tree to work in."""

from contextlib import AbstractAsyncContextManager

from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Sha
from jobs.domain.prompts import PromptSet
from jobs.domain.repository_file import Gate, MergeRequestTable
from jobs.domain.review import Repository
from jobs.domain.run import Purpose, Run
from jobs.domain.task import Task, branch_of
from jobs.errors import Stop, archived
from jobs.ports import Tools, Workspace
from jobs.stages.repository_file import written_conventions


class Ground(Frozen):
    """What a run is built on."""

    repository: Repository
    """The project."""
    target: str
    """Branch the change is for."""
    branch: str
    """Branch that holds the change."""
    branch_head: Sha | None
    """Where that branch is now; None when it does not exist yet."""
    target_base: Sha
    """Merge-base of start and the target branch."""
    start: Sha
    """The target's head on a first run and where it is merged with the branch, else the branch's head."""
    merges: Sha | None = None
    """The branch's head that is to be merged into `start`; None when there is nothing to merge."""
    environment: str | None
    """Directory of the read-only environment."""
    built: bool = False
    """True when it was built here, not given by the operator."""
    unbuilt: str = ""
    """Why there is none although the repository needs one."""
    suite: tuple[str, ...]
    """Declared command of the suite; empty to detect it."""
    gates: dict[str, Gate] = Field(default_factory=dict)
    """What checks' failures mean, as the operator says."""
    reviewers: tuple[str, ...]
    """Usernames that the person or codegen.toml names for review."""
    conventions: MergeRequestTable = MergeRequestTable()
    """How the repository writes merge requests and commits."""
    prompts: PromptSet | None = None
    """What models are told with; None until it is chosen, then it stays the same."""


async def survey(task: Task, tools: Tools) -> Ground:
    """Look at the repository; raises Stop naming the project, branch or right that is missing."""
    repository = await tools.forge.repository(project_of(task))
    if repository.archived:
        raise archived(repository.path)
    target = await _target(task, repository, tools)
    target_head = await tools.workspaces.resolve(repository, target)
    branch = branch_of(task.id)
    branch_head = await tools.forge.branch_head(repository.path, branch)
    if branch_head is None and task.opened and _purpose(task) is not Purpose.CHANGE:
        raise _branch_gone(branch)
    start, merges = await _begin(task, repository, tools, (target_head, branch_head))
    target_base = start if start == target_head else None
    if target_base is None:
        target_base = await tools.workspaces.merge_base(repository, target_head, start)
    own = tools.operator.repositories.get(task.spec.repository)
    return Ground(
        repository=repository,
        target=target,
        branch=branch,
        branch_head=branch_head,
        target_base=target_base,
        start=start,
        merges=merges,
        environment=str(own.environment) if own and own.environment else None,
        suite=own.suite if own else (),
        gates=own.gates if own else {},
        reviewers=task.reviewers or (own.reviewers if own else ()),
        conventions=await written_conventions(tools.workspaces, repository),
    )


def project_of(task: Task) -> str:
    """Where a task's repository is: its merge request follows a project that was renamed."""
    return task.merge_request.project if task.merge_request else task.spec.repository


async def moved(ground: Ground, tools: Tools) -> Ground:
    """The ground after somebody else pushed to the branch, or removed it."""
    now = await tools.forge.branch_head(ground.repository.path, ground.branch)
    if now is None:
        if ground.merges is not None:
            raise _branch_gone(ground.branch)
        return ground.model_copy(update={"branch_head": None})
    if ground.merges is not None:
        return ground.model_copy(update={"merges": now, "branch_head": now})
    return await _on(now, ground, tools)


async def _on(head: Sha, ground: Ground, tools: Tools) -> Ground:
    target_head = await tools.workspaces.resolve(ground.repository, ground.target)
    target_base = await tools.workspaces.merge_base(ground.repository, target_head, head)
    facts = {"start": head, "branch_head": head, "merges": None, "target_base": target_base}
    return ground.model_copy(update=facts)


async def pushed(run: Run, ground: Ground, tools: Tools) -> Ground | None:
    """The ground to go on from when the branch holds the run's commit already; None when it does not."""
    if run.head is None or ground.branch_head is None:
        return None
    branch = ground.merges or ground.start
    try:
        there = await tools.workspaces.merge_base(ground.repository, branch, run.head) == run.head
    except Stop:  # a commit that is nowhere was never pushed
        return None
    return await _on(branch, ground, tools) if there else None


def open_workspace(ground: Ground, tools: Tools) -> AbstractAsyncContextManager[Workspace]:
    """A fresh tree at the ground's start, released at the end of the block."""
    return tools.workspaces.open(ground.repository, ground.start, environment=ground.environment)


def _purpose(task: Task) -> Purpose:
    return task.run.purpose if task.run is not None and not task.run.ended else task.purpose


async def _begin(
    task: Task, repository: Repository, tools: Tools, heads: tuple[Sha, Sha | None]
) -> tuple[Sha, Sha | None]:
    """Where the run starts, and what is merged into that; a run that is resumed begins where it began."""
    target_head, branch_head = heads
    run = task.run
    if run is not None and not run.ended and run.start is not None:
        return run.start, run.merges
    if _purpose(task) is not Purpose.REBASE or branch_head is None:
        return branch_head or target_head, None
    fork = await tools.workspaces.merge_base(repository, target_head, branch_head)
    return (branch_head, None) if fork == target_head else (target_head, branch_head)


async def _target(task: Task, repository: Repository, tools: Tools) -> str:
    """The branch the change is for: as its merge request says, else its parent's, else as asked for."""
    asked = task.spec.target or repository.default_branch
    if task.opened and task.merge_request is not None:
        now = task.merge_request.target_branch
        if not task.plan.stack and now in map(branch_of, task.plan.depends_on):
            return asked  # the parent is merged; its branch may still be there
        if now == asked or await tools.forge.branch_head(repository.path, now) is not None:
            return now
        return asked
    if not task.plan.stack:
        return asked
    parent = branch_of(task.plan.depends_on[0])
    head = await tools.forge.branch_head(repository.path, parent)
    if head is None:
        return asked
    base = await tools.workspaces.resolve(repository, asked)
    merged = await tools.workspaces.merge_base(repository, base, head) == head
    return asked if merged else parent


def _branch_gone(branch: str) -> Stop:
    return Stop(
        f"The branch {branch} is gone.",
        remedy="Restore it in GitLab, or close the merge request and ask for the change anew.",
    )
