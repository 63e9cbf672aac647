"""What the person follows: an accepted spec on its way to a merged change."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from jobs.domain.action import ActKind
from jobs.domain.base_model import Frozen
from jobs.domain.batch import Membership
from jobs.domain.budget import Cap, Spend
from jobs.domain.consent import Confirmation, Consent
from jobs.domain.feedback import Feedback
from jobs.domain.intake import Intake
from jobs.domain.patch import HandedOver, Sha
from jobs.domain.people import Person
from jobs.domain.plan import Plan, Waits
from jobs.domain.question import Answered
from jobs.domain.review import MergeRequest, MergeRequestState
from jobs.domain.run import Purpose, Run, RunState, TransitionError
from jobs.domain.spec import Gap, Spec
from jobs.domain.standing import Standing
from jobs.domain.version import Version
from jobs.domain.vote import Vote

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without letters that look like digits."""


class TaskState(StrEnum):
    """Where a task is."""

    PROPOSED = "proposed"
    """Written down, not yet approved."""
    WAITING = "waiting"
    """Accepted; something must happen before it starts."""
    RUNNING = "running"
    """A run is at work."""
    IN_REVIEW = "in_review"
    """A merge request is open."""
    REJECTED = "rejected"
    """Verification said no."""
    STOPPED = "stopped"
    """An expected end; the reason says what to do."""
    FAILED = "failed"
    """A fault of ours."""
    CANCELLED = "cancelled"
    """A person ended it."""
    MERGED = "merged"
    """Done."""
    CLOSED = "closed"
    """A person closed the merge request: a no."""

    @property
    def open(self) -> bool:
        """True while something is still to come of it."""
        return self in (TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING, TaskState.IN_REVIEW)


class Waiting(StrEnum):
    """What a waiting task waits for."""

    SCHEDULE = "schedule"
    WINDOW = "window"
    DEPENDENCY = "dependency"
    PARENT = "parent"
    OVERLAP = "overlap"
    BUDGET = "budget"
    CAP = "cap"
    FAIR_SHARE = "fair_share"
    WORKER = "worker"


class InReview(StrEnum):
    """What an open merge request waits for."""

    DRAFT = "draft"
    REVIEWER_CAP = "reviewer_cap"
    REVIEW = "review"


_S = TaskState
_AGAIN = frozenset({_S.WAITING})

TASK_MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    _S.PROPOSED: frozenset({_S.WAITING, _S.CANCELLED}),
    _S.WAITING: frozenset({_S.RUNNING, _S.CANCELLED, _S.IN_REVIEW, _S.MERGED, _S.CLOSED}),
    _S.RUNNING: frozenset(
        {
            _S.IN_REVIEW,
            _S.WAITING,
            _S.REJECTED,
            _S.STOPPED,
            _S.FAILED,
            _S.CANCELLED,
            _S.MERGED,
            _S.CLOSED,
        }
    ),
    _S.IN_REVIEW: frozenset({_S.WAITING, _S.MERGED, _S.CLOSED, _S.STOPPED}),
    _S.REJECTED: _AGAIN,
    _S.STOPPED: _AGAIN,
    _S.FAILED: _AGAIN,
    _S.CANCELLED: _AGAIN,
    _S.CLOSED: frozenset({_S.IN_REVIEW}),
    _S.MERGED: frozenset(),
}

_AFTER: Mapping[RunState, TaskState] = {
    RunState.DELIVERED: _S.IN_REVIEW,
    RunState.SUPERSEDED: _S.WAITING,
    RunState.REJECTED: _S.REJECTED,
    RunState.STOPPED: _S.STOPPED,
    RunState.FAILED: _S.FAILED,
    RunState.CANCELLED: _S.CANCELLED,
}


class Wish(Frozen):
    """A click that GitLab was asked to carry out."""

    kind: ActKind
    """Merge or close."""
    by: Person
    """Who asked."""
    at: datetime
    """When, with time zone."""
    done: bool
    """True when GitLab took it; False when it refused."""
    said: str
    """What came of it, as a sentence."""


class Thread(Frozen):
    """Where in Slack a task is talked about."""

    channel: str
    """Channel id."""
    ts: str | None = None
    """Timestamp of the head message, once it is posted."""


class Task(Frozen):
    """An accepted spec, from the click to the merge."""

    id: str
    """`cg-` and 8 Crockford base 32 characters of a hash of its origin."""
    origin: str
    """What made it, such as the Slack team and view id: the same origin is the same task."""
    spec: Spec
    """What is wanted."""
    spec_version: int = 1
    """From 1; an edit makes the next."""
    versions: tuple[Version, ...] = ()
    """Earlier versions of the spec with what came of them, oldest first; the last few."""
    requester: Person
    """Who asked."""
    thread: Thread | None = None
    """Where it is talked about; None at a terminal."""
    state: TaskState = TaskState.PROPOSED
    """Where it is."""
    waiting: Waiting | None = None
    """What it waits for, while WAITING."""
    waits: Waits | None = None
    """The particulars of that wait."""
    in_review: InReview | None = None
    """What its merge request waits for, while IN_REVIEW."""
    plan: Plan = Plan()
    """When it may start."""
    batch: Membership | None = None
    """The batch it was submitted with."""
    gaps: tuple[Gap, ...] = ()
    """What the gate found; once queued, what the person queued it with."""
    intake: Intake | None = None
    """What was found out about the spec while it was proposed."""
    cap: Cap = Cap()
    """What it may use."""
    reviewers: tuple[str, ...] = ()
    """GitLab users to ask for review; empty for the repository's own."""
    starter: str = ""
    """Template that its spec began with, and its version, such as bugfix/crash@1a2b3c4."""
    run: Run | None = None
    """The current or last run."""
    runs: int = 0
    """How many runs it has had."""
    untold: tuple[Run, ...] = ()
    """Ended runs before this one whose summary may not be in the thread yet, oldest first."""
    spend: Spend = Spend()
    """What all ended runs together have used."""
    merge_request: MergeRequest | None = None
    """The merge request, once there is one."""
    delivered_at: datetime | None = None
    """When a run last delivered it: since then a review waits, whatever later runs came to."""
    standing: Standing | None = None
    """What people and pipelines say of it; None before the first look."""
    feedback: tuple[Feedback, ...] = ()
    """What was said since the last run took what there was, oldest first; the next round takes it."""
    taken: tuple[str, ...] = ()
    """Ids of everything that runs have taken, so that nothing is taken twice."""
    purpose: Purpose = Purpose.CHANGE
    """What the next run is for."""
    checked: Sha | None = None
    """The branch's head whose verification was last done or asked for."""
    verified: Sha | None = None
    """The head that the last run to deliver left: what it was said of."""
    rebased: tuple[str, ...] = ()
    """What a rebase was asked for lately: each reason orders one."""
    wish: Wish | None = None
    """What a person last asked GitLab to do with the merge request."""
    consents: tuple[Consent, ...] = ()
    """What people allowed, oldest first."""
    confirmations: tuple[Confirmation, ...] = ()
    """What people looked at and found met, oldest first."""
    answered: tuple[Answered, ...] = ()
    """What people said to questions that runs did not wait for, oldest first."""
    muted: bool = False
    """True while what is written in the thread is not kept as feedback."""
    votes: tuple[Vote, ...] = ()
    """Who found its runs useful and who did not; one vote for each person and run."""
    handed_over: HandedOver | None = None
    """The last change that somebody had put into the thread as a file."""
    cancel: Person | None = None
    """Who asked to cancel, until it is done."""
    created_at: datetime
    """When it was accepted."""
    updated_at: datetime
    """When it last changed."""

    @property
    def looked_at(self) -> bool:
        """True once the present version of the spec has been looked at."""
        return self.intake is not None and self.intake.version == self.spec_version

    @property
    def opened(self) -> bool:
        """True while its merge request is open."""
        request = self.merge_request
        return request is not None and request.state is MergeRequestState.OPENED

    @property
    def at_work(self) -> bool:
        """True while a run needs a worker: not while a person is asked."""
        held = self.run is not None and self.run.state is RunState.HELD
        return self.state is TaskState.RUNNING and not held

    def to(self, state: TaskState, **facts: Any) -> Self:
        """The task in its next state with new facts; raises TransitionError for a move not in the table."""
        if state not in TASK_MOVES[self.state]:
            raise TransitionError(f"task {self.id}: {self.state} → {state} is not a move")
        waiting = Waiting.WORKER if state is TaskState.WAITING else None
        return self.note(**{"waiting": waiting, "waits": None, "in_review": None, **facts, "state": state})

    def note(self, **facts: Any) -> Self:
        """The task in the same state with new facts."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**fields, **facts})


def task_id(origin: str) -> str:
    """The id that belongs to an origin: the same origin always gives the same task."""
    number = int.from_bytes(hashlib.sha256(origin.encode()).digest()[:5])
    return "cg-" + "".join(CROCKFORD[(number >> shift) & 31] for shift in range(35, -1, -5))


def branch_of(task: str) -> str:
    """Name of the branch that holds a task's change."""
    return f"codegen/{task}"


def state_after(run: Run, *, merge_request_open: bool) -> TaskState:
    """Where a task is once `run` has ended; any end leaves an open merge request in review."""
    if run.state is not RunState.SUPERSEDED and merge_request_open:
        return TaskState.IN_REVIEW
    return _AFTER[run.state]
