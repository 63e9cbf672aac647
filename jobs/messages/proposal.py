"""What was found out about a proposed spec: its gaps, each with a rewording, facts and an estimate."""

from jobs.domain.task import Task, TaskState
from jobs.messages import blocks
from jobs.messages.figures import duration
from jobs.render import render

SHOWN = 8
"""Gaps that the head message lists; the form shows each at its field."""

_FIELDS = {
    "criteria": "Acceptance criteria",
    "non_goals": "Non-goals",
    "target": "Target branch",
    "docs": "Documentation",
}


def proposal(task: Task) -> list[blocks.Block]:
    """The blocks of a proposed task; nothing for any other, or before it was looked at."""
    if task.state is not TaskState.PROPOSED or not task.looked_at:
        return []
    found = [blocks.context(_estimate(task))]
    return [blocks.section(_gaps(task)), *found] if task.gaps else found


def _gaps(task: Task) -> str:
    ranked = sorted(task.gaps, key=lambda one: not one.blocking)
    shown = [
        {
            "field": _FIELDS.get(one.field, one.field.capitalize()),
            "text": blocks.one_line(one.text, 170),
            "suggestion": blocks.one_line(one.suggestion or "", 130),
        }
        for one in ranked[:SHOWN]
    ]
    return render("thread/proposal.mrkdwn.j2", gaps=shown, more=len(ranked) - len(shown))


def _estimate(task: Task) -> str:
    intake = task.intake
    if intake is None:
        raise ValueError(f"task {task.id} has not been looked at")
    estimate = intake.estimate
    return render(
        "thread/estimate.mrkdwn.j2",
        facts=[blocks.one_line(one, 250) for one in intake.facts[:5]],
        runs=estimate.runs,
        minutes=duration(estimate.minutes.median * 60),
        minutes_most=duration(estimate.minutes.p80 * 60),
        money=_usd(estimate.usd.median),
        money_most=_usd(estimate.usd.p80),
        cap=_usd(float(task.cap.usd)),
    )


def _usd(amount: float) -> str:
    return "under $0.01" if 0 < amount < 0.01 else f"${amount:.2f}"
