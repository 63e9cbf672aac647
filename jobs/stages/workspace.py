"""Where a run stands: the repository, its three commits, and a tree to work in."""

from contextlib import AbstractAsyncContextManager

from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Sha
from jobs.domain.repository_file import Gate
from jobs.domain.review import Repository
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.errors import Stop
from jobs.ports import Tools, Workspace


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
    """The target's head on a first run, the branch's head afterwards."""
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
    """Usernames to ask for review."""


async def survey(task: Task, tools: Tools) -> Ground:
    """Look at the repository; raises Stop naming the project, branch or right that is missing."""
    repository = await tools.forge.repository(task.spec.repository)
    target = task.spec.target or repository.default_branch
    target_head = await tools.workspaces.resolve(repository, target)
    branch = f"codegen/{task.id}"
    branch_head = await tools.forge.branch_head(repository.path, branch)
    start = _resumed_start(task) or branch_head or target_head
    target_base = start if start == target_head else None
    if target_base is None:
        target_base = await tools.workspaces.merge_base(repository, target_head, start)
    own = tools.operator.repositories.get(repository.path)
    return Ground(
        repository=repository,
        target=target,
        branch=branch,
        branch_head=branch_head,
        target_base=target_base,
        start=start,
        environment=str(own.environment) if own and own.environment else None,
        suite=own.suite if own else (),
        gates=own.gates if own else {},
        reviewers=own.reviewers if own else (),
    )


async def moved(ground: Ground, tools: Tools) -> Ground:
    """The ground after somebody else pushed to the branch, or removed it."""
    now = await tools.forge.branch_head(ground.repository.path, ground.branch)
    if now is None:
        return ground.model_copy(update={"branch_head": None})
    target_head = await tools.workspaces.resolve(ground.repository, ground.target)
    target_base = await tools.workspaces.merge_base(ground.repository, target_head, now)
    return ground.model_copy(update={"start": now, "branch_head": now, "target_base": target_base})


async def pushed(run: Run, ground: Ground, tools: Tools) -> bool:
    """True when the branch holds the run's commit already: its push arrived, only the answer did not."""
    if run.head is None or ground.branch_head is None:
        return False
    try:
        return await tools.workspaces.merge_base(ground.repository, ground.start, run.head) == run.head
    except Stop:  # a commit that is nowhere was never pushed
        return False


def open_workspace(ground: Ground, tools: Tools) -> AbstractAsyncContextManager[Workspace]:
    """A fresh tree at the ground's start, released at the end of the block."""
    return tools.workspaces.open(ground.repository, ground.start, environment=ground.environment)


def _resumed_start(task: Task) -> Sha | None:
    run = task.run
    return run.start if run is not None and not run.ended else None
