"""What people decide about a change: consents that hold a run up, criteria that they looked at; pure."""

from datetime import datetime

from jobs.domain.act import Act
from jobs.domain.confirmed import counted, to_confirm
from jobs.domain.consent import Answer, Confirmation, Consent
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.settings import OperatorFile
from jobs.worker.moves import settled

LATE = "act.late"
"""The question is not open any more."""
REFUSED = "act.refused"
"""It is not for this person to say."""


def answered(act: Act, task: Task, operator: OperatorFile, *, now: datetime) -> tuple[Task, str]:
    """The task after a person allowed or refused what holds its run up."""
    run, question = task.run, task.run.hold if task.run else None
    if run is None or question is None or not held(task) or question.id != act.payload.get("hold"):
        return task, LATE
    if act.person.id not in operator.consenting(task.spec.repository, requester=task.requester.id):
        return task, REFUSED
    allowed = act.payload.get("allow") is True
    question = question.model_copy(update={"answer": Answer(allowed=allowed, person=act.person, at=act.at)})
    name = act.person.name or act.person.id
    if not allowed:
        paths = ", ".join(one.path for one in question.asks[:3])
        no = run.to(RunState.REJECTED, hold=question, reason=f"{name} refused the change of {paths}.")
        return settled(task, no, now), "act.refuse"
    given = [Consent(key=one.key, path=one.path, person=act.person, at=act.at) for one in question.asks]
    on = run.to(RunState.VERIFYING, hold=question, verdict=None, step="")
    return task.note(run=on, consents=(*task.consents, *given)), "act.allow"


def held(task: Task) -> bool:
    """True while a person is asked, so that no worker has the run."""
    return task.state is TaskState.RUNNING and not task.at_work


def withdrawn(task: Task, now: datetime) -> tuple[Task, str]:
    """The task after a cancel while its run is held: there is no worker that would end it."""
    if task.run is None:
        return task, LATE
    return settled(task, task.run.to(RunState.CANCELLED, step=""), now), "act.cancel"


def confirmed(act: Act, task: Task, operator: OperatorFile) -> tuple[Task, str]:
    """The task after a person looked at its change and found a criterion met."""
    run, criterion = counted(task), str(act.payload.get("criterion"))
    reviewed = task.state is TaskState.IN_REVIEW and run is not None and run.number == act.payload.get("run")
    if run is None or run.head is None or not reviewed or criterion not in to_confirm(run):
        return task, LATE
    repository, requester = task.spec.repository, task.requester.id
    if not operator.may_confirm(repository, requester=requester, person=act.person.id):
        return task, REFUSED
    one = Confirmation(criterion=criterion, head=run.head, person=act.person, at=act.at)
    return task.note(confirmations=(*task.confirmations, one)), "act.confirm"
