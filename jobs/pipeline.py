"""The whole story of a run on one screen: prepare, generate and verify in rounds, open."""

import asyncio
from dataclasses import replace

from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.domain.verdict import Check, CheckStatus, Verdict, VerdictStatus
from jobs.errors import Exhausted, Stop
from jobs.ports import BranchMoved, Journal, Tools, Workspace
from jobs.render import library_version
from jobs.stages import hold
from jobs.stages.generate import brief_for, generate
from jobs.stages.merge_request import commit, open_merge_request
from jobs.stages.opinion import CountedModel
from jobs.stages.progress import Progress
from jobs.stages.subject import Subject
from jobs.stages.usage import MeteredWorkspaces, Usage
from jobs.stages.verify import baseline, verify
from jobs.stages.workspace import Ground, moved, open_workspace, pushed, survey

MOVES = 3
"""How often a branch may move under a push before we stop."""


async def execute(task: Task, tools: Tools, journal: Journal, *, deliver: bool = True) -> Run:
    """Carry out a task's run from where it stands to its end; without `deliver`, to its last verdict.

    Every change of the run goes through `journal`, so a run that another worker left resumes at its last
    finished phase. Raises Stop for an expected end and LostLease when another worker owns the task.
    """
    if task.run is None:
        raise ValueError(f"task {task.id} has no run to carry out")
    usage = Usage(task.run.spend, task.cap)
    tools = replace(tools, workspaces=MeteredWorkspaces(tools.workspaces, usage))
    progress = Progress(task.run, journal=journal, artifacts=tools.artifacts, usage=usage)
    try:
        return await _story(task, tools, progress, deliver=deliver)
    except Stop:
        if not progress.run.ended:
            await progress.note()  # what was used until now
        raise


async def _story(task: Task, tools: Tools, progress: Progress, *, deliver: bool) -> Run:
    ground = await _prepare(task, tools, progress)
    exhausted: Exhausted | None = None
    async with open_workspace(ground, tools) as workspace:
        await _restore(progress, workspace)
        if _pushed_before(progress.run, ground):
            await progress.to(RunState.VERIFYING, round=1, patch=await workspace.patch(), step="")
        for number in range(max(progress.run.round, 1), task.cap.rounds + 1):
            if progress.run.state is not RunState.OPENING and not _generated(progress.run, number):
                exhausted = await _generate(number, task, tools, progress, workspace=workspace)
            if progress.run.state is RunState.VERIFYING and progress.run.verdict is None:
                await _verify(task, ground, tools, progress, workspace=workspace)
            if exhausted or _settled(progress.run) or hold.question(task, progress.run, tools.operator):
                break
            exhausted = progress.usage.over()
            if exhausted:
                break
        if not await _accepted(task, tools, progress, exhausted=exhausted, deliver=deliver):
            return progress.run
        further = await _open(task, ground, tools, progress, workspace=workspace)
    return progress.run if further is None else await _follow(task, further, tools, progress)


async def _prepare(task: Task, tools: Tools, progress: Progress) -> Ground:
    ground = await survey(task, tools)
    if progress.run.state is not RunState.PREPARING:
        return ground
    await progress.note(
        start=ground.start,
        target_base=ground.target_base,
        engine=tools.engine.name,
        templates=library_version("prompt"),
        step="running the tests as they are now",
    )
    await _baseline(task, ground, tools, progress)
    return ground


async def _baseline(task: Task, ground: Ground, tools: Tools, progress: Progress) -> None:
    try:
        async with asyncio.timeout(progress.usage.seconds_left()) as bound:
            await baseline(
                spec=task.spec,
                repository=ground.repository,
                target_base=ground.target_base,
                environment=ground.environment,
                suite=ground.suite,
                workspaces=tools.workspaces,
                cache=tools.cache,
                note=progress,
            )
    except TimeoutError:
        if not bound.expired():
            raise
        raise progress.usage.out_of_time() from None


async def _restore(progress: Progress, workspace: Workspace) -> None:
    progress.watch(workspace)
    if progress.run.patch is not None and not progress.run.patch.empty:
        await workspace.apply(progress.run.patch.diff)
    if progress.run.patch is None and progress.run.state in (RunState.VERIFYING, RunState.OPENING):
        # a patch too large for the store was lost with its worker: the round is done again
        if progress.run.state is RunState.OPENING:
            await progress.to(RunState.VERIFYING)
        await progress.to(RunState.GENERATING, verdict=None)


def _pushed_before(run: Run, ground: Ground) -> bool:
    """True when the last run pushed its change but could not open the merge request."""
    return run.state is RunState.PREPARING and run.head is not None and run.head == ground.branch_head


def _generated(run: Run, number: int) -> bool:
    return run.state is RunState.VERIFYING and run.round == number


async def _generate(
    number: int, task: Task, tools: Tools, progress: Progress, *, workspace: Workspace
) -> Exhausted | None:
    """One round of the engine; at its cap, what there is goes to verification all the same."""
    if progress.run.state is not RunState.GENERATING:
        await progress.to(RunState.GENERATING, round=number, step="")
    before = progress.run.spend
    try:
        brief = await brief_for(task, progress.run, tools.artifacts)
        made = await generate(brief, workspace, engine=tools.engine, note=progress)
    except Exhausted as exhausted:
        await progress.to(RunState.VERIFYING, patch=await workspace.patch(), verdict=None, step="")
        return exhausted
    await progress.to(
        RunState.VERIFYING,
        patch=made.patch,
        summary=made.work.summary,
        proofs=made.work.proofs,
        assumptions=made.work.assumptions,
        conversation=await progress.keep(made.work.conversation),
        spend=before + made.work.spend,
        verdict=None,
        step="",
    )
    return None


async def _verify(
    task: Task, ground: Ground, tools: Tools, progress: Progress, *, workspace: Workspace
) -> None:
    patch = progress.run.patch
    if patch is None or (patch.empty and ground.start == ground.target_base):
        nothing = Check(name="patch", status=CheckStatus.FAILED, summary="The engine changed nothing.")
        await progress.note(verdict=Verdict(checks=(nothing,), evidence=()))
        return
    total = patch if ground.start == ground.target_base else await workspace.patch(since=ground.target_base)
    subject = Subject(
        spec=task.spec,
        repository=ground.repository,
        target_base=ground.target_base,
        start=ground.start,
        patch=patch,
        total=total,
        named=progress.run.proofs,
        environment=ground.environment,
        suite=ground.suite,
        gates=ground.gates,
        checks=tools.operator.checks,
        consents=frozenset(one.key for one in task.consents),
    )
    verdict = await verify(
        subject,
        workspaces=tools.workspaces,
        cache=tools.cache,
        note=progress,
        seconds=progress.usage.seconds_left(),
        model=_counted(task, tools, progress),
    )
    await progress.note(verdict=verdict, step="")


def _counted(task: Task, tools: Tools, progress: Progress) -> CountedModel | None:
    if tools.model is None:
        return None
    return CountedModel(tools.model, spent=progress.run.spend, cap=task.cap, note=progress)


def _settled(run: Run) -> bool:
    passed = run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    return run.state is RunState.OPENING or passed


async def _accepted(
    task: Task,
    tools: Tools,
    progress: Progress,
    *,
    exhausted: Exhausted | None = None,
    deliver: bool = True,
) -> bool:
    """True when there is something to open; a rejection ends the run, a cap without a result raises."""
    run = progress.run
    if run.state is RunState.OPENING:
        return True
    asked = hold.question(task, run, tools.operator) if deliver else None
    if asked is not None:
        await progress.to(RunState.HELD, hold=asked, step="")
        return False
    if run.verdict is None or run.verdict.status is VerdictStatus.REJECTED:
        if exhausted is not None:
            raise exhausted
        await progress.to(RunState.REJECTED, reason=hold.nobody(run))
        return False
    if deliver:
        reason = exhausted.reason if exhausted else ""
        await progress.to(RunState.OPENING, chain=await progress.chain_head(), reason=reason)
    return deliver


async def _open(
    task: Task, ground: Ground, tools: Tools, progress: Progress, *, workspace: Workspace
) -> Ground | None:
    """Push and open; the ground to build on again when somebody pushed to the branch meanwhile."""
    patch = progress.run.patch
    added = patch is not None and not patch.empty  # a retry may find that its branch holds it all
    head = await commit(task, progress.run, ground, workspace) if added else ground.start
    await progress.note(head=head)
    if ground.branch_head != head:
        expect = None if ground.branch_head is None else ground.start
        try:
            await workspace.push(branch=ground.branch, commit=head, expect=expect)
        except BranchMoved:
            return await moved(ground, tools)
    merge_request = await open_merge_request(task, progress.run, ground, tools)
    await progress.to(RunState.DELIVERED, merge_request=merge_request, step="")
    return None


async def _follow(task: Task, ground: Ground, tools: Tools, progress: Progress) -> Run:
    """Put the change on top of what was pushed meanwhile, verify it there, and open again."""
    for _ in range(MOVES):
        async with open_workspace(ground, tools) as workspace:
            if not await pushed(progress.run, ground, tools):
                await _restore(progress, workspace)
            progress.watch(workspace)
            commits = {"start": ground.start, "target_base": ground.target_base}
            patch = await workspace.patch()
            await progress.to(RunState.VERIFYING, patch=patch, verdict=None, **commits)
            await _verify(task, ground, tools, progress, workspace=workspace)
            if not await _accepted(task, tools, progress):
                return progress.run
            further = await _open(task, ground, tools, progress, workspace=workspace)
        if further is None:
            return progress.run
        ground = further
    raise Stop(
        f"The branch {ground.branch} keeps moving while we push.", remedy="Retry when nobody pushes to it."
    )
