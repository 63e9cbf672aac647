"""One generating round: what the engine is told, and what its tree became."""

from jobs.domain.answers import attributed
from jobs.domain.brief import Brief, Generated, Work
from jobs.domain.budget import Cap
from jobs.domain.feedback import Feedback
from jobs.domain.prompts import PromptSet
from jobs.domain.run import Purpose, Run
from jobs.domain.task import Task
from jobs.ports import Artifacts, Engine, Note, Workspace

WRITING = 0.9
"""Share of a task's minutes that writing may use; the rest is for the last verification."""

AROUND = 8
"""Lines shown before and after the one that somebody speaks of."""
AFTER = "\n\nAfter review: "
"""Between what the change is and what a rework did to it."""
LONGEST = 300
"""Most characters shown of one line."""


async def brief_for(
    task: Task, run: Run, artifacts: Artifacts, workspace: Workspace, *, prompts: PromptSet | None = None
) -> Brief:
    """What the engine gets to know in the run's present round."""
    stored = await artifacts.get(run.conversation) if run.conversation else None
    return Brief(
        task=task.id,
        spec=task.spec,
        round=run.round,
        purpose=run.purpose,
        feedback=tuple([await _with_code(one, workspace) for one in run.feedback]),
        verdict=run.verdict,
        conversation=stored,
        rewind=run.rewind.question if run.rewind and not run.rewind.gone and run.round == 1 else None,
        cap=_for_writing(task.cap),
        spent=run.spend,
        prompts=prompts,
    )


async def generate(brief: Brief, workspace: Workspace, *, engine: Engine, note: Note) -> Generated:
    """Let the engine work; what it did is what git sees, whatever it says."""
    work = await engine.work(brief, workspace, note)
    return Generated(patch=await workspace.patch(), work=work)


def told(run: Run, work: Work) -> dict[str, object]:
    """The engine's words on top of those of earlier runs: a rework adds to what the change is."""
    named = {one.criterion: one for one in (*run.proofs, *work.proofs)}
    assumed = attributed(work.assumptions, run)
    who = {"engine": work.engine} if work.engine else {}
    if run.purpose is Purpose.CHANGE:
        words = {"summary": work.summary, "proofs": work.proofs, "assumptions": assumed}
        return {**words, "answers": work.answers, **who}
    before = run.summary.rpartition(AFTER)[0] if run.round > 1 and AFTER in run.summary else run.summary
    return {
        "summary": f"{before}{AFTER}{work.summary}" if before else work.summary,
        "proofs": tuple(named.values()),
        "assumptions": assumed or run.assumptions,
        "answers": work.answers,
        **who,
    }


async def _with_code(feedback: Feedback, workspace: Workspace) -> Feedback:
    """With the lines around the place it is about, as they are now."""
    if feedback.code or feedback.path is None or feedback.line is None:
        return feedback
    content = await workspace.read(feedback.path)
    lines = (content or b"").decode(errors="replace").splitlines()
    first = max(feedback.line - 1 - AROUND, 0)
    shown = [
        f"{number:>5}  {line[:LONGEST]}"
        for number, line in enumerate(lines[first : feedback.line + AROUND], first + 1)
    ]
    return feedback.model_copy(update={"code": "\n".join(shown)})


def _for_writing(cap: Cap) -> Cap:
    return cap.model_copy(update={"minutes": cap.minutes * WRITING})
