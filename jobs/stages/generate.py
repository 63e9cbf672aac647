"""One generating round: what the engine is told, and what its tree became."""

from jobs.domain.brief import Brief, Generated
from jobs.domain.budget import Cap
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.ports import Artifacts, Engine, Note, Workspace

WRITING = 0.9
"""Share of a task's minutes that writing may use; the rest is for the last verification."""


async def brief_for(task: Task, run: Run, artifacts: Artifacts) -> Brief:
    """What the engine gets to know in the run's present round."""
    stored = await artifacts.get(run.conversation) if run.conversation else None
    return Brief(
        task=task.id,
        spec=task.spec,
        round=run.round,
        verdict=run.verdict,
        feedback=tuple(one.text for one in run.feedback) if run.round <= 1 else (),
        conversation=stored,
        cap=_for_writing(task.cap),
        spent=run.spend,
    )


async def generate(brief: Brief, workspace: Workspace, *, engine: Engine, note: Note) -> Generated:
    """Let the engine work; what it did is what git sees, whatever it says."""
    work = await engine.work(brief, workspace, note)
    return Generated(patch=await workspace.patch(), work=work)


def _for_writing(cap: Cap) -> Cap:
    return cap.model_copy(update={"minutes": cap.minutes * WRITING})
