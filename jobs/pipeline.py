"""The whole story of a run on one screen: prepare, generate and verify in rounds, open."""

from dataclasses import replace

from jobs.domain.patch import Patch
from jobs.domain.run import Purpose, Run, RunState
from jobs.domain.task import Task
from jobs.domain.verdict import Check, CheckStatus, Verdict, VerdictStatus
from jobs.errors import Exhausted, Stop
from jobs.ports import BranchMoved, Journal, Tools, Workspace
from jobs.stages import hold
from jobs.stages.answers import REJECTED, answer_discussions
from jobs.stages.beginning import enter, put_on, restore
from jobs.stages.conflicts import unsettled
from jobs.stages.consuming import consumers_of
from jobs.stages.engines import engine_for
from jobs.stages.furnishing import furnished, in_time
from jobs.stages.generate import brief_for, generate, told
from jobs.stages.merge_request import commit, open_merge_request
from jobs.stages.opinion import CountedModel
from jobs.stages.progress import Progress
from jobs.stages.prompting import pinned
from jobs.stages.report import report
from jobs.stages.subject import Subject
from jobs.stages.usage import Usage, metered
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
    if task.run.purpose is not Purpose.RECHECK:  # which writes nothing
        tools = replace(tools, engine=engine_for(task.spec, tools))
    tools = replace(tools, workspaces=metered(tools.workspaces, usage))
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
        await restore(progress, ground, workspace)
        await enter(progress, ground, workspace)
        for number in range(max(progress.run.round, 1), task.cap.rounds + 1):
            if progress.run.state is not RunState.OPENING and not _generated(progress.run, number):
                exhausted = await _generate(number, task, tools, progress, at=(ground, workspace))
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
    ground = await pinned(task, await survey(task, tools), tools, progress)
    if progress.run.state is not RunState.PREPARING:
        return await furnished(ground, tools, progress)
    await progress.note(
        start=ground.start,
        merges=ground.merges,
        target_base=ground.target_base,
        engine=tools.engine.name,
        step="reading the repository",
    )
    ground = await furnished(ground, tools, progress)
    await progress.note(step="running the tests as they are now")
    await _baseline(task, ground, tools, progress)
    return ground


async def _baseline(task: Task, ground: Ground, tools: Tools, progress: Progress) -> None:
    async with in_time(progress):
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


def _generated(run: Run, number: int) -> bool:
    return run.state is RunState.VERIFYING and run.round == number


async def _generate(
    number: int, task: Task, tools: Tools, progress: Progress, *, at: tuple[Ground, Workspace]
) -> Exhausted | None:
    """One round of the engine; at its cap, what there is goes to verification all the same."""
    ground, workspace = at
    if progress.run.state is not RunState.GENERATING:
        said = (*progress.run.feedback, *await tools.inbox.feedback(task.id))
        once = tuple({one.id: one for one in said}.values())
        await progress.to(RunState.GENERATING, round=number, step="", feedback=once)
    before = progress.run.spend
    try:
        brief = await brief_for(task, progress.run, tools.artifacts, workspace, prompts=ground.prompts)
        made = await generate(brief, workspace, engine=tools.engine, note=progress)
    except Exhausted as exhausted:
        await progress.to(RunState.VERIFYING, patch=await workspace.patch(), verdict=None, step="")
        return exhausted
    await progress.to(
        RunState.VERIFYING,
        patch=made.patch,
        **told(progress.run, made.work),
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
    left = await unsettled(progress.run, workspace)
    if left is not None:
        await progress.note(verdict=Verdict(checks=(left,), evidence=()))
        return
    total = await _total(patch, ground, workspace)
    subject = await _subject(task, ground, tools, run=progress.run, patches=(patch, total))
    verdict = await verify(
        subject,
        workspaces=tools.workspaces,
        cache=tools.cache,
        note=progress,
        seconds=progress.usage.seconds_left(),
        model=_counted(task, tools, progress),
        environments=tools.environments,
    )
    await progress.note(verdict=verdict, total=total.extent, step="")


async def _total(patch: Patch, ground: Ground, workspace: Workspace) -> Patch:
    """Target base to head."""
    return patch if ground.start == ground.target_base else await workspace.patch(since=ground.target_base)


async def _subject(
    task: Task, ground: Ground, tools: Tools, *, run: Run, patches: tuple[Patch, Patch]
) -> Subject:
    patch, total = patches
    return Subject(
        spec=task.spec,
        repository=ground.repository,
        target_base=ground.target_base,
        start=ground.start,
        patch=patch,
        total=total,
        named=run.proofs,
        environment=ground.environment,
        suite=ground.suite,
        gates=ground.gates,
        checks=tools.operator.checks,
        consents=frozenset(one.key for one in task.consents),
        consumers=await consumers_of(tools.operator, ground.repository.path, tools.forge),
        built=ground.built,
        unbuilt=ground.unbuilt,
        prompts=ground.prompts,
    )


def _counted(task: Task, tools: Tools, progress: Progress) -> CountedModel | None:
    if tools.model is None:
        return None
    return CountedModel(tools.model, spent=progress.run.spend, cap=task.cap, note=progress)


def _settled(run: Run) -> bool:
    passed = run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    return run.state is RunState.OPENING or passed or run.purpose is Purpose.RECHECK


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
    # what people pushed stands, whatever is said of it
    stands = run.purpose is Purpose.RECHECK
    asked = hold.question(task, run, tools.operator) if deliver and not stands else None
    if asked is not None:
        await progress.to(RunState.HELD, hold=asked, step="")
        return False
    if not stands and (run.verdict is None or run.verdict.status is VerdictStatus.REJECTED):
        if exhausted is not None:
            raise exhausted
        await answer_discussions(task, run, tools, reason=hold.nobody(run) or REJECTED)
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
    added = added or ground.merges is not None
    head = await commit(task, progress.run, ground, workspace) if added else ground.start
    await progress.note(head=head)
    if ground.branch_head != head:
        expect = None if ground.branch_head is None else ground.merges or ground.start
        try:
            await workspace.push(branch=ground.branch, commit=head, expect=expect)
        except BranchMoved:
            return await furnished(await moved(ground, tools), tools, progress)
    merge_request = await open_merge_request(task, progress.run, ground, tools)
    await answer_discussions(task, progress.run, tools)
    whole = patch and await _total(patch, ground, workspace)
    troubles = await report(progress.run, merge_request, tools, diff=whole.diff if whole else "")
    await progress.to(RunState.DELIVERED, merge_request=merge_request, troubles=troubles, step="")
    return None


async def _follow(task: Task, ground: Ground, tools: Tools, progress: Progress) -> Run:
    """Put the change on top of what was pushed meanwhile, verify it there, and open again."""
    for _ in range(MOVES):
        there = await pushed(progress.run, ground, tools)
        ground = there or ground
        async with open_workspace(ground, tools) as workspace:
            if not there:
                await put_on(progress, ground, workspace)
            progress.watch(workspace)
            commits = {"start": ground.start, "merges": ground.merges, "target_base": ground.target_base}
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
