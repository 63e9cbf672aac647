"""Holding a run up until a named person has decided about what it wants to change."""

from jobs.domain.consent import Hold, hold
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.settings import OperatorFile


def question(task: Task, run: Run, operator: OperatorFile) -> Hold | None:
    """What a person is to be asked about the run's change; None when nothing, or nobody can be asked."""
    asks = run.verdict.asks if run.verdict else ()
    people = operator.consenting(task.spec.repository, requester=task.requester.id)
    if not asks or not people or task.thread is None:
        return None
    return hold(asks, people)


def nobody(run: Run) -> str:
    """Why a change that needs a consent is rejected without asking; empty when it needs none."""
    if run.verdict is None or not run.verdict.asks:
        return ""
    return (
        "It needs a consent that nobody here can give: no maintainer of this repository but the requester, "
        "and no operator, is named in codegen.toml."
    )
