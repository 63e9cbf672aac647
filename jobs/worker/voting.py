"""Votes on whether a run was useful; pure."""

from jobs.domain.act import Act
from jobs.domain.task import Task
from jobs.domain.vote import Vote, voted
from jobs.worker.consenting import LATE


def judged(act: Act, task: Task) -> tuple[Task, str]:
    """The task with a person's answer, in the place of their earlier one."""
    run = act.payload.get("run")
    if task.run is None or not task.run.ended or task.run.number != run:
        return task, LATE
    useful = act.payload.get("useful") is True
    vote = Vote(run=task.run.number, person=act.person, useful=useful, at=act.at)
    return task.note(votes=voted(task.votes, vote)), "act.vote"
