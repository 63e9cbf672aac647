"""How a task moves when its run begins or ends, and when people act on it; pure."""

from datetime import datetime
from typing import Any

from jobs.domain.answers import going_back
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.intake import Intake
from jobs.domain.order import RANK
from jobs.domain.origin import issue_of
from jobs.domain.people import Person
from jobs.domain.review import MergeRequest, MergeRequestState, PipelineStatus
from jobs.domain.run import Purpose, Run, RunState
from jobs.domain.standing import Standing
from jobs.domain.task import InReview, Task, TaskState, Waiting, state_after
from jobs.domain.wait import first_wait
from jobs.messages import diff_attached
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
    run = Run(
        id=f"{task.id}-r{number}",
        task=task.id,
        number=number,
        purpose=task.purpose,
        feedback=task.feedback,
        started_at=now,
    )
    taking: dict[str, Any] = {"feedback": (), "taken": _taken(task, run), "purpose": Purpose.CHANGE}
    taking |= {"wish": None, "untold": (*task.untold, *_ended(task))}
    run = _after(task.run, run).model_copy(update=going_back(task))
    return task.to(TaskState.RUNNING, run=run, runs=number, **taking)


def _ended(task: Task) -> tuple[Run, ...]:
    """The last run, to be summed up if its summary was not told before this one begins."""
    last = task.run
    if last is None or task.thread is None or last.state is RunState.SUPERSEDED:
        return ()
    if last.patch is None or diff_attached(last):
        return (last,)
    # which files it changed is still to be told; their diff is too large to be kept for that
    return (last.model_copy(update={"patch": last.patch.model_copy(update={"diff": ""})}),)


def _after(last: Run | None, run: Run) -> Run:
    """What the last run committed stays known, so that it need not be made again if it was pushed."""
    if last is None:
        return run
    if run.purpose is not Purpose.CHANGE:
        # what the change is, and what proves it, holds on
        told = {name: getattr(last, name) for name in ("summary", "proofs", "assumptions")}
        return run.model_copy(update=told)
    if last.head is None or last.state is RunState.DELIVERED:
        return run
    kept = {name: getattr(last, name) for name in ("head", "summary", "proofs", "assumptions")}
    return run.model_copy(update=kept)


def _taken(task: Task, run: Run) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*task.taken, *(one.id for one in run.feedback))))


def settled(task: Task, run: Run, now: datetime) -> Task:
    """The task with its run as it is now; the end of a run moves the task too."""
    taken = _taken(task, run)
    left = tuple(one for one in task.feedback if one.id not in taken)
    if not run.ended:
        return task.note(run=run, feedback=left, taken=taken)
    merge_request = run.merge_request or task.merge_request
    opened = merge_request is not None and merge_request.state is MergeRequestState.OPENED
    state = state_after(run, merge_request_open=opened)
    draft = merge_request is not None and merge_request.draft
    facts: dict[str, Any] = {"feedback": left, "taken": taken, "cancel": None, "merge_request": merge_request}
    if run.state is RunState.DELIVERED:
        facts |= {"checked": run.head, "verified": run.head, "delivered_at": run.ended_at or now}
        facts["standing"] = _standing(task, merge_request)
    elif task.verified is not None and run.purpose is not Purpose.RECHECK:
        # what people had pushed before it was only looked at together with what it wrote
        facts["checked"] = task.verified
    if run.state is RunState.SUPERSEDED:
        facts |= {"feedback": (*run.feedback, *left), "purpose": _stronger(task, run)}
    elif state is TaskState.IN_REVIEW and run.state is not RunState.CANCELLED and _more(left, task):
        # what came too late for this run becomes the next one, and only one
        state, facts["purpose"] = TaskState.WAITING, Purpose.REWORK if _pressing(left) else task.purpose
    return task.to(
        state,
        run=run.model_copy(update={"ended_at": run.ended_at or now, "reason": run.reason or _who(task, run)}),
        spend=task.spend + run.spend,
        waiting=Waiting.WORKER if state is TaskState.WAITING else None,
        in_review=(InReview.DRAFT if draft else InReview.REVIEW) if state is TaskState.IN_REVIEW else None,
        **facts,
    )


def _who(task: Task, run: Run) -> str:
    person = task.cancel if run.state is RunState.CANCELLED else None
    return f"By {person.name or person.id}." if person else ""


def _standing(task: Task, now: MergeRequest | None) -> Standing | None:
    """What was seen last; a pipeline of another head says nothing of this one."""
    before = task.merge_request.sha if task.merge_request else None
    if task.standing is None or (now is not None and now.sha == before):
        return task.standing
    return task.standing.model_copy(update={"pipeline": PipelineStatus.NONE})


def _more(left: tuple[Feedback, ...], task: Task) -> bool:
    return _pressing(left) or task.purpose is not Purpose.CHANGE


def _pressing(left: tuple[Feedback, ...]) -> bool:
    """True when something was said that asks for a run by itself: a reply in the thread waits for a click."""
    return any(one.kind is not FeedbackKind.REPLY for one in left)


def _stronger(task: Task, run: Run) -> Purpose:
    return max(task.purpose, run.purpose, key=RANK.index)


def cancelled(task: Task, person: Person) -> tuple[Task, str]:
    """A waiting task ends, or with an open merge request is in review again; a running one is marked."""
    if task.state is TaskState.WAITING and task.opened:
        heard = tuple(dict.fromkeys((*task.taken, *(one.id for one in task.feedback))))
        dropped = {"feedback": (), "taken": heard, "purpose": Purpose.CHANGE}
        return task.to(TaskState.IN_REVIEW, in_review=_in_review(task), **dropped), "act.cancel"
    if task.state in (TaskState.WAITING, TaskState.PROPOSED):
        return task.to(TaskState.CANCELLED), "act.cancel"
    if task.state is TaskState.RUNNING:
        return task.note(cancel=person), "act.cancel"
    return task, "act.late"


def looked_at(task: Task, seen: Seen, intake: Intake, operator: OperatorFile) -> Task:
    """The task after its spec was looked at: queued when nothing is open, else the person decides.

    What came from an issue is begun by a person in any case: anybody may write there.
    """
    if task.state is not TaskState.PROPOSED or task.spec_version != intake.version:
        return task
    gaps = (*task.gaps, *seen.gaps)
    known = task.note(intake=intake, gaps=gaps)
    if any(one.blocking for one in gaps) or (gaps and operator.gate.hold) or issue_of(task.origin):
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
    """An ended task waits for a worker again; in review, the run that came to nothing is done again."""
    if task.state is TaskState.IN_REVIEW and task.run and task.run.state is not RunState.DELIVERED:
        again = task.run.purpose
        facts = {"feedback": (*task.run.feedback, *task.feedback), "purpose": again}
        return task.to(TaskState.WAITING, waiting=Waiting.WORKER, cancel=None, **facts), "act.retry"
    if task.state not in AGAIN:
        return task, "act.late"
    purpose = Purpose.RECHECK if _kept_out(task) else task.purpose
    return task.to(TaskState.WAITING, waiting=Waiting.WORKER, cancel=None, purpose=purpose), "act.retry"


def _kept_out(task: Task) -> bool:
    """True when its merge request stands as it was delivered, and only could not be seen or written to."""
    delivered = task.run is not None and task.run.state is RunState.DELIVERED
    stopped = task.standing is not None and task.standing.reason != "" and not task.standing.gone
    return task.state is TaskState.STOPPED and task.opened and delivered and stopped


def _in_review(task: Task) -> InReview:
    return InReview.DRAFT if task.merge_request and task.merge_request.draft else InReview.REVIEW


def may_act(person: Person, task: Task, operator: OperatorFile) -> bool:
    """True for who asked for the task, its repository's maintainers, and operators."""
    own = operator.repositories.get(task.spec.repository)
    maintainers = own.maintainers if own else ()
    return person.id in (task.requester.id, *maintainers, *operator.operators)
