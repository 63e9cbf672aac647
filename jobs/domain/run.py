"""One execution of a task, immutable once ended."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend
from jobs.domain.consent import Hold
from jobs.domain.feedback import Feedback
from jobs.domain.patch import Extent, Patch, Sha
from jobs.domain.prompts import PromptPin
from jobs.domain.question import Question, Rewind
from jobs.domain.review import MergeRequest
from jobs.domain.verdict import Verdict


class RunState(StrEnum):
    """Where a run is."""

    PREPARING = "preparing"
    """Workspace and facts are being made ready."""
    GENERATING = "generating"
    """The engine is at work."""
    VERIFYING = "verifying"
    """Checks run on target base and head."""
    HELD = "held"
    """A named person's consent is needed; the workspace is released meanwhile."""
    OPENING = "opening"
    """The branch is pushed and the merge request opened or updated."""
    DELIVERED = "delivered"
    """A merge request holds the result."""
    REJECTED = "rejected"
    """Verification said no; nothing was opened."""
    STOPPED = "stopped"
    """An expected end; the reason says what to do."""
    FAILED = "failed"
    """A fault of ours; the reference finds it in the log."""
    CANCELLED = "cancelled"
    """A person ended it."""
    SUPERSEDED = "superseded"
    """Another run takes over: an answer changed, or the worker drained."""


_ENDS = frozenset({RunState.STOPPED, RunState.FAILED, RunState.CANCELLED, RunState.SUPERSEDED})

RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.PREPARING: frozenset({RunState.GENERATING, RunState.VERIFYING}) | _ENDS,
    RunState.GENERATING: frozenset({RunState.VERIFYING}) | _ENDS,
    RunState.VERIFYING: frozenset({RunState.GENERATING, RunState.HELD, RunState.OPENING, RunState.REJECTED})
    | _ENDS,
    RunState.HELD: frozenset({RunState.VERIFYING, RunState.REJECTED}) | _ENDS,
    RunState.OPENING: frozenset({RunState.VERIFYING, RunState.DELIVERED}) | _ENDS,
    RunState.DELIVERED: frozenset(),
    RunState.REJECTED: frozenset(),
    RunState.STOPPED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.SUPERSEDED: frozenset(),
}


class Purpose(StrEnum):
    """What a run is for."""

    CHANGE = "change"
    """To make what the spec asks for."""
    REWORK = "rework"
    """To act on what was said of the open merge request."""
    FIX = "fix"
    """To mend what the head's pipeline found."""
    REBASE = "rebase"
    """To bring the branch up to its target; the engine works only where git cannot."""
    RECHECK = "recheck"
    """To verify what people pushed; nothing is written."""


class TransitionError(Exception):
    """A move that the table of states does not know: always our own fault."""


class NamedProof(Frozen):
    """Tests that the engine names as the proof of a criterion."""

    criterion: str
    """Id of the criterion."""
    tests: tuple[str, ...]
    """Node ids."""


class Answer(Frozen):
    """What the engine says to one thing that was said of the change."""

    to: str
    """Id of the feedback."""
    text: str
    """What was done about it, or why not."""


class Run(Frozen):
    """One execution of a task."""

    id: str
    """Task id, `-r` and the number."""
    task: str
    """Task id."""
    number: int
    """From 1, per task."""
    state: RunState = RunState.PREPARING
    """Where it is."""
    purpose: Purpose = Purpose.CHANGE
    """What it is for."""
    feedback: tuple[Feedback, ...] = ()
    """What was said and this run took, oldest first."""
    round: int = 0
    """Generate-and-verify turn, from 1 once generating."""
    started_at: datetime
    """When, with time zone."""
    ended_at: datetime | None = None
    """When it ended."""
    step: str = ""
    """What it is doing right now, in a few words."""
    target_base: Sha | None = None
    """Merge-base with the target branch: tests, settings and evidence compare with it."""
    start: Sha | None = None
    """The commit this run began from."""
    merges: Sha | None = None
    """The branch's head that is merged with `start`, in a run that brings the branch up to date."""
    head: Sha | None = None
    """The commit that is pushed, stored before the push."""
    chain: str = ""
    """Hash of the task's last event at the verdict; stands in the commit and the merge request."""
    total: Extent | None = None
    """How large the whole change is, target base to head, once it was verified: the patch of a run on an open
    merge request is only what that run added."""
    patch: Patch | None = None
    """The latest change."""
    summary: str = ""
    """What changed, in the engine's words, neutralised."""
    proofs: tuple[NamedProof, ...] = ()
    """What the engine names as proof."""
    answers: tuple[Answer, ...] = ()
    """What the engine says to each thing that was said."""
    assumptions: tuple[Question, ...] = ()
    """What it had to assume."""
    rewind: Rewind | None = None
    """The question of an earlier run from which it goes on."""
    verdict: Verdict | None = None
    """The latest verdict."""
    hold: Hold | None = None
    """The last question that held it up."""
    conversation: str | None = None
    """Key of the engine's stored messages in Artifacts, to resume from."""
    engine: str = ""
    """Name of the engine, with its model."""
    templates: str = ""
    """Version of everything its models were told with: a content hash, and the key of the texts."""
    prompts: PromptPin = PromptPin()
    """What these were made of."""
    spend: Spend = Spend()
    """What it has used."""
    merge_request: MergeRequest | None = None
    """What it opened or updated."""
    troubles: tuple[str, ...] = ()
    """What GitLab did not take beside that, and why."""
    reason: str = ""
    """Why it ended, for the person."""
    remedy: str = ""
    """What the person can do about it."""
    reference: str = ""
    """Finds a fault of ours in the log."""

    @property
    def ended(self) -> bool:
        """True once no move is left."""
        return not RUN_MOVES[self.state]

    @property
    def extent(self) -> Extent:
        """How large the whole change is, as far as it is known."""
        return self.total or (self.patch.extent if self.patch else Extent())

    def to(self, state: RunState, **facts: Any) -> Self:
        """The run in its next state with new facts; raises TransitionError for a move not in the table."""
        if state not in RUN_MOVES[self.state]:
            raise TransitionError(f"run {self.id}: {self.state} → {state} is not a move")
        return self._with({"state": state, **facts})

    def note(self, **facts: Any) -> Self:
        """The run in the same state with new facts: progress, questions, spend."""
        if self.ended:
            raise TransitionError(f"run {self.id} has ended as {self.state} and cannot change")
        return self._with(facts)

    def _with(self, facts: Mapping[str, Any]) -> Self:
        return type(self).model_validate({**self._fields(), **facts})

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields}
