"""The tree a run begins with: as it was left, or merged, and ready for its purpose."""

from jobs.domain.feedback import FeedbackKind
from jobs.domain.run import Purpose, Run, RunState
from jobs.errors import Stop
from jobs.ports import Workspace
from jobs.stages.conflicts import conflicts
from jobs.stages.progress import Progress
from jobs.stages.workspace import Ground


async def restore(progress: Progress, ground: Ground, workspace: Workspace) -> None:
    """Make a fresh tree what the run had made of it; what cannot be known any more is done again."""
    progress.watch(workspace)
    await _go_back(progress)
    run = progress.run
    if run.patch is not None:
        if not run.patch.empty:
            await workspace.apply(run.patch.diff)
        return
    paths = await workspace.merge(ground.merges) if ground.merges is not None else ()
    if run.state is RunState.PREPARING and paths:
        found = await conflicts(paths, ground, workspace, at=run.started_at)
        await progress.note(feedback=(*run.feedback, *found))
    elif run.state in (RunState.VERIFYING, RunState.OPENING):
        await _again(progress, workspace)


async def enter(progress: Progress, ground: Ground, workspace: Workspace) -> None:
    """Go on to verification at once where there is nothing to write."""
    run = progress.run
    merged = run.purpose is Purpose.REBASE and not _conflicting(run)
    if run.state is RunState.PREPARING and (
        merged or run.purpose is Purpose.RECHECK or _pushed_before(run, ground)
    ):
        await progress.to(RunState.VERIFYING, round=1, patch=await workspace.patch(), step="")


async def put_on(progress: Progress, ground: Ground, workspace: Workspace) -> None:
    """Put the run's change on top of what was pushed meanwhile; raises Stop where that does not go."""
    patch = progress.run.patch
    if ground.merges is not None:
        if await workspace.merge(ground.merges) or _conflicting(progress.run):
            raise Stop(
                f"Somebody pushed to {ground.branch} while conflicts were being settled.",
                remedy="Choose “Bring up to date” to do it again on top of that.",
            )
    elif patch is not None and not patch.empty:
        await workspace.apply(patch.diff)


async def _go_back(progress: Progress) -> None:
    run, back = progress.run, progress.run.rewind
    if run.state is RunState.PREPARING and run.patch is None and back is not None and not back.gone:
        await progress.go_back(back)


async def _again(progress: Progress, workspace: Workspace) -> None:
    # a patch too large for the store was lost with its worker
    run = progress.run
    if run.state is RunState.OPENING:
        await progress.to(RunState.VERIFYING)
    if run.purpose in (Purpose.REBASE, Purpose.RECHECK) and run.round == 1 and not _conflicting(run):
        await progress.note(patch=await workspace.patch(), verdict=None)
    else:
        await progress.to(RunState.GENERATING, verdict=None)


def _conflicting(run: Run) -> bool:
    return any(one.kind is FeedbackKind.CONFLICT for one in run.feedback)


def _pushed_before(run: Run, ground: Ground) -> bool:
    """True when the last run pushed its change but could not open the merge request."""
    return run.purpose is Purpose.CHANGE and run.head is not None and run.head == ground.branch_head
