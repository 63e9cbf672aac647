"""What a change of a task is called in its record of events, and which facts it keeps."""

from pydantic import JsonValue

from jobs.domain.feedback import FeedbackKind
from jobs.domain.run import RUN_MOVES, Run, RunState, TransitionError
from jobs.domain.task import TASK_MOVES, Task, TaskState, Waiting


def event_kind(old: Task | None, new: Task) -> str:
    """Name of the change, such as task.created, run.verifying or task.noted."""
    if old is None:
        return "task.created"
    if new.run and _run_moved(old.run, new.run):
        return f"run.{new.run.state}"
    if old.state is not new.state:
        return f"task.{new.state}"
    if news(old, new):
        return f"task.{new.state}"
    return "run.noted" if new.run != old.run else "task.noted"


def event_facts(old: Task | None, new: Task) -> dict[str, JsonValue]:
    """What the event keeps: the states and whatever changed that a reader of the audit asks for."""
    facts: dict[str, JsonValue] = {"state": new.state.value}
    if old is None:
        facts |= {"origin": new.origin, "requester": new.requester.id}
        facts["spec"] = new.spec.model_dump(mode="json", exclude_defaults=True)
    if new.waiting:
        facts["waiting"] = new.waiting.value
    if new.waits:
        facts |= new.waits.model_dump(mode="json", exclude_defaults=True)
    if old is None or old.plan != new.plan:
        facts["plan"] = new.plan.model_dump(mode="json", exclude_defaults=True)
    if old and old.spec != new.spec:
        facts |= {
            "version": new.spec_version,
            "spec": new.spec.model_dump(mode="json", exclude_defaults=True),
        }
    if new.intake and (old is None or old.intake != new.intake):
        facts |= {"score": new.intake.score, "gaps": [one.rule for one in new.gaps]}
    if new.cancel and (old is None or old.cancel != new.cancel):
        facts["cancel"] = new.cancel.id
    if old and old.consents != new.consents:
        facts["consents"] = [f"{one.path} {one.key}" for one in new.consents]
    if new.run and (old is None or old.run != new.run):
        facts |= _run_facts(new.run)
    return facts


def moved(old: Task | None, new: Task) -> bool:
    """True when people must hear of it: the task's or its run's state is another one."""
    if old is None or old.state is not new.state:
        return True
    return new.run is not None and _run_moved(old.run, new.run)


def news(old: Task | None, new: Task) -> bool:
    """True when the thread must be brought up to date soon: a move, a wait, an edit, another standing."""
    if moved(old, new) or old is None:
        return True
    return _told(old) != _told(new)


def _told(task: Task) -> tuple[object, ...]:
    waits = (task.waiting, task.waits, task.spec_version, task.looked_at)
    replies = tuple(one.id for one in task.feedback if one.kind is FeedbackKind.REPLY)
    return *waits, task.confirmations, task.standing, task.in_review, task.answered, replies


def check_moves(old: Task, new: Task) -> None:
    """Raise TransitionError when the tables of states do not know the way from one to the other."""
    if old.state is not new.state and new.state not in TASK_MOVES[old.state]:
        raise TransitionError(f"task {new.id}: {old.state} → {new.state} is not a move")
    if new.run is None or new.run == old.run:
        return
    if old.run is None or old.run.id != new.run.id:
        _check_new_run(old.run, new.run)
    elif new.run.state is not old.run.state:
        if new.run.state not in RUN_MOVES[old.run.state]:
            raise TransitionError(f"run {new.run.id}: {old.run.state} → {new.run.state} is not a move")
    elif old.run.ended:
        raise TransitionError(f"run {new.run.id} has ended as {old.run.state} and cannot change")


def _check_new_run(old: Run | None, new: Run) -> None:
    fresh = new.state is RunState.PREPARING and new.number == (old.number if old else 0) + 1
    if not fresh or (old and not old.ended):
        raise TransitionError(f"run {new.id} cannot follow {old.id if old else 'nothing'}")


def _run_moved(old: Run | None, new: Run) -> bool:
    return old is None or old.id != new.id or old.state is not new.state


def _run_facts(run: Run) -> dict[str, JsonValue]:
    facts: dict[str, JsonValue] = {
        "run": run.id,
        "run_state": run.state.value,
        "round": run.round,
        "step": run.step,
        "target_base": run.target_base,
        "start": run.start,
        "head": run.head,
        "tree": run.patch.tree if run.patch else None,
        "verdict": run.verdict.status.value if run.verdict else None,
        "merge_request": run.merge_request.url if run.merge_request else None,
        "spend": run.spend.model_dump(mode="json", exclude_defaults=True) or None,
        "reason": run.reason,
        "reference": run.reference,
        "hold": run.hold.id if run.hold and not run.hold.answer else None,
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def reason_of(task: Task | None) -> str | None:
    """What a waiting task waits for; None for any other."""
    if task is None or task.state is not TaskState.WAITING:
        return None
    return task.waiting.value if task.waiting else Waiting.WORKER.value
