"""A stacked task follows its parent: merged, reworked, closed and opened again, in any order."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import ValidationError

from jobs.domain.plan import Plan, Until
from jobs.domain.review import MergeRequestState
from jobs.domain.run import Purpose, RunState
from jobs.domain.stack import restacked
from jobs.domain.task import Task, TaskState, Waiting, branch_of
from jobs.domain.wait import LOST
from jobs.worker.moves import begun, settled
from tests.factories import NOON, a_merge_request, a_run, a_task

ONE, TWO = "1" * 40, "2" * 40


def a_parent(head: str = ONE) -> Task:
    task = a_task(origin="parent", state=TaskState.IN_REVIEW, waiting=None, checked=head)
    run = a_run(task, state=RunState.DELIVERED, head=head, ended_at=NOON)
    return task.note(run=run, runs=1, merge_request=a_merge_request(target_branch="release"))


def a_child(parent: Task, *, base: str = ONE) -> Task:
    plan = Plan(depends_on=(parent.id,), stack=True)
    task = a_task(origin="child", state=TaskState.IN_REVIEW, waiting=None, plan=plan)
    run = a_run(task, state=RunState.DELIVERED, head="c" * 40, target_base=base, ended_at=NOON)
    request = a_merge_request(iid=8, target_branch=branch_of(parent.id))
    return task.note(run=run, runs=1, merge_request=request)


def moved(child: Task, parent: Task | None) -> Task:
    found = restacked(child, parent)
    assert found is not None
    return found


def test_a_stack_needs_one_parent() -> None:
    with pytest.raises(ValidationError, match="exactly one task in depends_on"):
        Plan(stack=True)


def test_nothing_happens_while_the_parent_stays_as_it_is() -> None:
    parent = a_parent()
    assert restacked(a_child(parent), parent) is None


def test_a_parent_with_a_new_head_brings_one_update() -> None:
    parent = a_parent(TWO)
    child = moved(a_child(parent), parent)
    assert (child.state, child.purpose) == (TaskState.WAITING, Purpose.REBASE)
    assert restacked(child, parent) is None


def test_a_merged_parent_leaves_the_child_on_its_target_to_be_verified_there() -> None:
    parent = a_parent().to(TaskState.MERGED)
    child = moved(a_child(parent), parent)
    assert (child.state, child.purpose, child.plan.stack) == (TaskState.WAITING, Purpose.REBASE, False)
    assert child.merge_request is not None and child.merge_request.target_branch == "release"
    assert restacked(child, parent) is None


def test_a_closed_parent_parks_the_child_until_it_is_opened_again() -> None:
    parent = a_parent().to(TaskState.CLOSED)
    child = moved(a_child(parent), parent)
    assert (child.state, child.waiting) == (TaskState.WAITING, Waiting.PARENT)
    assert child.waits is not None and child.waits.task == parent.id
    back = parent.to(TaskState.IN_REVIEW)
    assert moved(child, back).state is TaskState.IN_REVIEW


def test_a_child_that_only_overlapped_goes_its_own_way_when_the_other_is_closed() -> None:
    parent = a_parent().to(TaskState.CLOSED)
    plan = Plan(depends_on=(parent.id,), stack=True, until=Until.OPENED)
    child = moved(a_task(origin="child", plan=plan), parent)
    assert (child.plan.depends_on, child.plan.stack) == ((), False)


def test_a_parent_that_is_gone_parks_the_child_too() -> None:
    assert moved(a_child(a_parent()), None).waiting is Waiting.PARENT


class Stack(RuleBasedStateMachine):
    """A parent lives any life; once everybody rests, the child agrees with it and no more is ordered."""

    @initialize()
    def open(self) -> None:
        self.parent = a_parent()
        self.child = a_child(self.parent)
        self.heads = 1

    def follow(self) -> None:
        self.child = restacked(self.child, self.parent) or self.child

    @precondition(lambda self: self.parent.state is TaskState.IN_REVIEW)
    @rule()
    def the_parent_is_reworked(self) -> None:
        self.heads += 1
        head = f"{self.heads:040x}"
        run = self.parent.run
        assert run is not None
        self.parent = self.parent.note(checked=head, run=run.model_copy(update={"head": head}))
        self.follow()

    @precondition(lambda self: self.parent.state is TaskState.IN_REVIEW)
    @rule(end=st.sampled_from([TaskState.CLOSED, TaskState.CLOSED, TaskState.STOPPED, TaskState.MERGED]))
    def the_parent_ends(self, end: TaskState) -> None:
        self.parent = self.parent.to(end)
        self.follow()

    @precondition(lambda self: self.parent.state is TaskState.CLOSED)
    @rule()
    def the_parent_is_opened_again(self) -> None:
        self.parent = self.parent.to(TaskState.IN_REVIEW)
        self.follow()

    @rule()
    def somebody_looks(self) -> None:
        self.follow()

    @precondition(lambda self: self.child.waiting is Waiting.WORKER)
    @rule()
    def a_run_begins(self) -> None:
        self.child = begun(self.child, NOON) or self.child

    @precondition(lambda self: self.child.state is TaskState.RUNNING)
    @rule(end=st.sampled_from([RunState.DELIVERED, RunState.REJECTED, RunState.STOPPED]))
    def the_run_ends(self, end: RunState) -> None:
        run = self.child.run
        assert run is not None
        base = self.parent.checked if self.child.plan.stack else "0" * 40
        facts = {"state": end, "target_base": base, "head": f"{run.number:040x}"}
        self.child = settled(self.child, run.model_copy(update=facts), NOON)
        self.follow()

    @invariant()
    def the_child_agrees(self) -> None:
        if self.child.state is TaskState.RUNNING:
            return
        again = restacked(self.child, self.parent)
        assert again is None, "a second look changes nothing"
        if self.parent.state in LOST and self.child.plan.stack:
            assert self.child.state is TaskState.WAITING
        if self.parent.state is TaskState.MERGED:
            assert not self.child.plan.stack
            request = self.child.merge_request
            assert request is not None and request.target_branch == "release"
        assert self.child.merge_request is None or self.child.merge_request.state is MergeRequestState.OPENED


TestStack = Stack.TestCase
