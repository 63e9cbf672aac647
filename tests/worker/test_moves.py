"""What is ordered becomes one run, is taken once, and its end leaves the merge request watched; pure."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.order import RANK, ordered
from jobs.domain.people import Person
from jobs.domain.plan import ANYTIME, Plan
from jobs.domain.review import PipelineStatus
from jobs.domain.run import Purpose, RunState
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState, Thread
from jobs.messages import head, summary
from jobs.worker.moves import begun, cancelled, retried, settled
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_task, a_verdict

PASSED = PipelineStatus.PASSED
ANA = Person(id="U0ANA", name="Ana")


def said(number: int) -> Feedback:
    return Feedback(id=f"note:{number}", kind=FeedbackKind.COMMENT, by="ben", text="Why?", at=NOON)


def in_review(**fields: object) -> Task:
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, merge_request=a_merge_request(), **fields)
    return task.note(run=a_run(task, state=RunState.DELIVERED, ended_at=NOON), runs=1)


def started(task: Task) -> Task:
    task = begun(task, NOON) or task
    assert task.state is TaskState.RUNNING
    return task


@given(purposes=st.lists(st.sampled_from(RANK), min_size=1))
def test_of_several_orders_one_run_has_the_strongest(purposes: list[Purpose]) -> None:
    task: Task | None = in_review(plan=Plan(window="night"))
    for number, purpose in enumerate(purposes):
        assert task is not None
        task = ordered(task, purpose, feedback=[said(number)])
    assert task is not None and task.state is TaskState.WAITING
    assert task.plan.window == ANYTIME, "people's words do not wait for the night"
    run = started(task).run
    assert run is not None
    assert run.purpose is max(purposes, key=RANK.index)
    assert [one.id for one in run.feedback] == [f"note:{number}" for number in range(len(purposes))]


def test_what_comes_too_late_for_a_run_becomes_the_next_one() -> None:
    task = started(ordered(in_review(), Purpose.REWORK, feedback=[said(1)]) or in_review())
    later = ordered(task, Purpose.REWORK, feedback=[said(1), said(2), said(2)])
    assert later is not None and later.run is not None and later.state is TaskState.RUNNING
    assert [one.id for one in later.feedback] == ["note:2"]
    end = later.run.model_copy(update={"state": RunState.DELIVERED, "merge_request": a_merge_request()})
    task = settled(later, end, NOON)
    assert (task.state, task.purpose, task.delivered_at) == (TaskState.WAITING, Purpose.REWORK, NOON)
    following = started(task).run
    assert following is not None and [one.id for one in following.feedback] == ["note:2"]


def test_what_people_pushed_before_a_rework_that_failed_is_still_to_be_verified() -> None:
    theirs, before = "b" * 40, in_review(checked="a" * 40, verified="a" * 40)
    for purpose, left in ((Purpose.REWORK, "a" * 40), (Purpose.RECHECK, theirs)):
        task = started(ordered(before, purpose, feedback=[said(1)], checked=theirs) or before)
        assert task.run is not None
        ended = settled(task, task.run.model_copy(update={"state": RunState.STOPPED}), NOON)
        assert ended.checked == left, "a check that fails is not done for ever"


def test_a_rebase_that_was_ordered_meanwhile_is_done_next() -> None:
    task = ordered(started(ordered(in_review(), Purpose.RECHECK) or in_review()), Purpose.REBASE)
    assert task is not None and task.run is not None
    task = settled(task, task.run.model_copy(update={"state": RunState.STOPPED}), NOON)
    assert (task.state, task.purpose) == (TaskState.WAITING, Purpose.REBASE)


def test_a_rework_that_stopped_can_be_retried_with_what_was_said() -> None:
    task = started(ordered(in_review(), Purpose.REWORK, feedback=[said(1)]) or in_review())
    assert task.run is not None
    task = settled(task, task.run.model_copy(update={"state": RunState.STOPPED}), NOON)
    assert task.state is TaskState.IN_REVIEW
    task, kind = retried(task)
    run = started(task).run
    assert (kind, run is not None and [one.id for one in run.feedback]) == ("act.retry", ["note:1"])


def test_a_drained_run_gives_back_what_it_took() -> None:
    task = started(ordered(in_review(), Purpose.REWORK, feedback=[said(1)]) or in_review())
    assert task.run is not None
    task = settled(task, task.run.model_copy(update={"state": RunState.SUPERSEDED}), NOON)
    run = started(task).run
    assert run is not None and run.purpose is Purpose.REWORK
    assert [one.id for one in run.feedback] == ["note:1"]


def test_cancelling_what_was_ordered_leaves_the_merge_request_in_review() -> None:
    task, kind = cancelled(ordered(in_review(), Purpose.REWORK, feedback=[said(1)]) or in_review(), ANA)
    assert (task.state, kind, task.feedback) == (TaskState.IN_REVIEW, "act.cancel", ())
    again = ordered(task, Purpose.REWORK, feedback=[said(1)])
    assert again is not None and again.feedback == (), "the same words order nothing again"


def test_the_last_summary_says_the_same_when_the_next_run_begins() -> None:
    task = in_review(thread=Thread(channel="C0PAY", ts="1.0"))
    task = task.note(
        run=task.run and task.run.model_copy(update={"patch": a_patch(), "verdict": a_verdict()})
    )
    (before,) = started(ordered(task, Purpose.REWORK, feedback=[said(1)]) or task).untold
    assert "1 file changed, +1 −1" in str(summary(task).blocks[0])
    assert summary(task.note(run=before)).blocks[0] == summary(task).blocks[0]


def test_what_ci_said_of_another_head_is_not_said_of_a_new_one() -> None:
    task = in_review(thread=Thread(channel="C0PAY", ts="1.0"), standing=Standing(pipeline=PASSED))
    task = started(ordered(task, Purpose.REWORK, feedback=[said(1)]) or task)
    assert task.run is not None
    new = {"state": RunState.DELIVERED, "head": "4" * 40, "verdict": a_verdict()}
    end = task.run.model_copy(update={**new, "merge_request": a_merge_request(sha="4" * 40)})
    task = settled(task, end, NOON)
    assert "CI" not in str(summary(task).blocks[0]) and "pipeline" not in str(head(task).blocks[1])
    seen = task.note(standing=Standing(pipeline=PASSED))
    assert "CI passed on this commit." in str(summary(seen).blocks[0])


class Orders(RuleBasedStateMachine):
    """Words come, runs begin and end: each word is taken by exactly one run that was not given back."""

    @initialize()
    def open(self) -> None:
        self.task = in_review()
        self.said: list[str] = []
        self.took: list[str] = []

    @rule(number=st.integers(0, 5), purpose=st.sampled_from(RANK))
    def say(self, number: int, purpose: Purpose) -> None:
        self.task = ordered(self.task, purpose, feedback=[said(number)]) or self.task
        if f"note:{number}" not in self.said:
            self.said.append(f"note:{number}")

    @rule()
    def begin(self) -> None:
        self.task = begun(self.task, NOON) or self.task

    @rule(boundary=st.booleans())
    def go_on(self, boundary: bool) -> None:
        run = self.task.run
        if self.task.state is TaskState.RUNNING and run is not None:
            more = self.task.feedback if boundary else ()
            self.task = settled(self.task, run.note(feedback=(*run.feedback, *more)), NOON)

    @rule(end=st.sampled_from([RunState.DELIVERED, RunState.REJECTED, RunState.STOPPED, RunState.SUPERSEDED]))
    def end(self, end: RunState) -> None:
        run = self.task.run
        if self.task.state is not TaskState.RUNNING or run is None:
            return
        self.task = settled(self.task, run.model_copy(update={"state": end}), NOON)
        if end is not RunState.SUPERSEDED:
            self.took += [one.id for one in run.feedback]

    @invariant()
    def each_word_is_somewhere_once(self) -> None:
        run = self.task.run
        running = self.task.state is TaskState.RUNNING and run is not None
        now = [one.id for one in run.feedback] if running and run is not None else []
        ahead = [one.id for one in self.task.feedback]
        assert sorted([*self.took, *now, *ahead]) == sorted(self.said)
        assert self.task.state is not TaskState.IN_REVIEW or not ahead


TestOrders = Orders.TestCase
