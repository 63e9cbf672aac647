"""What stands in the merge request itself about its present state: a line on CI, and one note."""

from jobs.domain.observed import Sight
from jobs.domain.patch import Sha
from jobs.domain.review import PipelineStatus
from jobs.domain.run import RunState
from jobs.domain.task import Task
from jobs.domain.verdict import CheckStatus
from jobs.redaction import scrub
from jobs.render import render

NOTE = "summary"
"""Key of the note."""


def ci_line(status: PipelineStatus, head: Sha | None) -> str:
    """What the head's pipeline says, on one line."""
    return render("merge_request/ci.md.j2", status=status, head=head or "").strip()


def standing_ci(task: Task, head: Sha | None) -> str:
    """The same by what was seen last."""
    return ci_line(ci_of(task, head), head)


def ci_of(task: Task, head: Sha | None) -> PipelineStatus:
    """What was seen last, if it was of this head."""
    seen = task.merge_request is not None and task.merge_request.sha == head and task.standing is not None
    return task.standing.pipeline if seen and task.standing else PipelineStatus.NONE


def seen_ci(sight: Sight) -> str:
    """The same by what was seen just now."""
    return ci_line(sight.ci.status if sight.ci else PipelineStatus.NONE, sight.merge_request.sha)


def summary_note(task: Task, sight: Sight) -> str:
    """The words of the note about the last run; empty while there is none, or one is at work."""
    run, head = task.run, sight.merge_request.sha
    if run is None or not run.ended or run.state is RunState.SUPERSEDED:
        return ""
    checks = run.verdict.checks if run.verdict else ()
    failed = [(one.name, one.summary) for one in checks if one.status is CheckStatus.FAILED]
    text = render(
        "merge_request/summary.md.j2",
        purpose=run.purpose,
        state=run.state,
        status=run.verdict.status if run.verdict else "unproven",
        proven=run.verdict.proven if run.verdict else 0,
        criteria=len(task.spec.criteria),
        head=run.head or "",
        reason=run.reason,
        failed=failed[:5] if run.state is RunState.REJECTED else (),
        ci=seen_ci(sight),
        pushed=run.state is RunState.DELIVERED and head is not None and head != run.head,
        task=task.id,
        run=run.number,
        chain=run.chain,
    )
    return scrub(text).strip()
