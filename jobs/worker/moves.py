"""How a task moves when its run begins or ends, and when people act on it; pure."""

from datetime import datetime

from jobs.domain.intake import Intake
from jobs.domain.people import Person
from jobs.domain.review import MergeRequestState
from jobs.domain.run import Run, RunState
from jobs.domain.task import InReview, Task, TaskState, Waiting, state_after
from jobs.domain.wait import first_wait
from jobs.queue.places import in_lane
from jobs.settings import OperatorFile
from jobs.specify.intake import Seen

AGAIN = frozenset({TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED})
"""States from which a person may retry."""


def begun(task: Task, now: datetime) -> Task | None:
    """The task with a new run, or as it is when its run is to be resumed; None when nothing is to run."""
    if task.state is TaskState.RUNNING:
        return task if task.at_work else None
    if task.state is not TaskState.WAITING or not in_lane(task):
        return None
    number = task.runs + 1
    run = Run(id=f"{task.id}-r{number}", task=task.id, number=number, started_at=now)
    return task.to(TaskState.RUNNING, run=_after(task.run, run), runs=number)


def _after(last: Run | None, run: Run) -> Run:
    """What the last run committed stays known, so that it need not be made again if it was pushed."""
    if last is None or last.head is None or last.state is RunState.DELIVERED:
        return run
    kept = {name: getattr(last, name) for name in ("head", "summary", "proofs", "assumptions")}
    return run.model_copy(update=kept)


def settled(task: Task, run: Run, now: datetime) -> Task:
    """The task with its run as it is now; the end of a run moves the task too."""
    if not run.ended:
        return task.note(run=run)
    merge_request = run.merge_request or task.merge_request
    opened = merge_request is not None and merge_request.state is MergeRequestState.OPENED
    state = state_after(run, merge_request_open=opened)
    draft = merge_request is not None and merge_request.draft
    return task.to(
        state,
        run=run.model_copy(update={"ended_at": run.ended_at or now}),
        spend=task.spend + run.spend,
        merge_request=merge_request,
        cancel=None,
        waiting=Waiting.WORKER if state is TaskState.WAITING else None,
        in_review=(InReview.DRAFT if draft else InReview.REVIEW) if state is TaskState.IN_REVIEW else None,
    )


def cancelled(task: Task, person: Person) -> tuple[Task, str]:
    """A waiting task ends at once; a running one is marked, and its worker ends it."""
    if task.state in (TaskState.WAITING, TaskState.PROPOSED):
        return task.to(TaskState.CANCELLED), "act.cancel"
    if task.state is TaskState.RUNNING:
        return task.note(cancel=person), "act.cancel"
    return task, "act.late"


def looked_at(task: Task, seen: Seen, intake: Intake, operator: OperatorFile) -> Task:
    """The task after its spec was looked at: queued when nothing is open, else the person decides."""
    if task.state is not TaskState.PROPOSED or task.spec_version != intake.version:
        return task
    gaps = (*task.gaps, *seen.gaps)
    known = task.note(intake=intake, gaps=gaps)
    if any(one.blocking for one in gaps) or (gaps and operator.gate.hold):
        return known
    return queued(known, operator=operator, now=intake.at)[0]


def queued(task: Task, *, operator: OperatorFile, now: datetime) -> tuple[Task, str]:
    """A proposed task that was looked at goes into the queue, with the gaps that are known."""
    if task.state is not TaskState.PROPOSED:
        return task, "act.late"
    if not task.looked_at or any(one.blocking for one in task.gaps):
        return task, "act.refused"
    waiting, waits = first_wait(task.plan, operator.backlog.windows, now)
    return task.to(TaskState.WAITING, waiting=waiting, waits=waits), "act.queue"


def retried(task: Task) -> tuple[Task, str]:
    """An ended task waits for a worker again."""
    if task.state not in AGAIN:
        return task, "act.late"
    return task.to(TaskState.WAITING, waiting=Waiting.WORKER, cancel=None), "act.retry"


def may_act(person: Person, task: Task, operator: OperatorFile) -> bool:
    """True for who asked for the task, its repository's maintainers, and operators."""
    own = operator.repositories.get(task.spec.repository)
    maintainers = own.maintainers if own else ()
    return person.id in (task.requester.id, *maintainers, *operator.operators)
