"""The two tables of states, the record's chain, and ids from origins."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jobs.domain.event import GENESIS, Event, first_broken, seal
from jobs.domain.run import RUN_MOVES, RunState, TransitionError
from jobs.domain.spec import Proof
from jobs.domain.task import CROCKFORD, TASK_MOVES, TaskState, state_after, task_id
from tests.factories import NOON, a_run, a_spec, a_task


@given(moves=st.lists(st.sampled_from(RunState), max_size=20))
def test_a_run_only_makes_the_moves_of_its_table(moves: list[RunState]) -> None:
    run = a_run()
    for state in moves:
        if state in RUN_MOVES[run.state]:
            run = run.to(state)
            assert run.state is state
        else:
            with pytest.raises(TransitionError):
                run.to(state)


@given(moves=st.lists(st.sampled_from(TaskState), max_size=20))
def test_a_task_only_makes_the_moves_of_its_table(moves: list[TaskState]) -> None:
    task = a_task()
    for state in moves:
        if state in TASK_MOVES[task.state]:
            task = task.to(state)
            assert task.state is state
        else:
            with pytest.raises(TransitionError):
                task.to(state)


def test_an_ended_run_never_changes() -> None:
    with pytest.raises(TransitionError):
        a_run(state=RunState.DELIVERED).note(step="more")


@pytest.mark.parametrize("state", [state for state, after in RUN_MOVES.items() if not after])
def test_any_end_leaves_an_open_merge_request_in_review(state: RunState) -> None:
    after = state_after(a_run(state=state), merge_request_open=True)

    assert after is (TaskState.WAITING if state is RunState.SUPERSEDED else TaskState.IN_REVIEW)
    assert after in TASK_MOVES[TaskState.RUNNING]


@given(origin=st.text())
def test_a_task_id_belongs_to_its_origin(origin: str) -> None:
    assert task_id(origin) == task_id(origin)
    assert task_id(origin).startswith("cg-")
    assert len(task_id(origin)) == 11
    assert set(task_id(origin)[3:]) <= set(CROCKFORD)


def a_chain(length: int) -> list[Event]:
    chain: list[Event] = []
    for seq in range(length):
        prev = chain[-1].hash if chain else GENESIS
        chain.append(seal(task="cg-1", seq=seq, at=NOON, kind="k", facts={"n": seq}, prev=prev))
    return chain


@given(length=st.integers(1, 6), data=st.data())
def test_a_chain_tells_what_was_changed(length: int, data: st.DataObject) -> None:
    chain = a_chain(length)
    assert first_broken(chain) is None
    position = data.draw(st.integers(0, length - 1))
    changes: list[dict[str, Any]] = [
        {"kind": "other"},
        {"facts": {}},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
    ]
    change = data.draw(st.sampled_from(changes))
    forged = [*chain[:position], chain[position].model_copy(update=change), *chain[position + 1 :]]
    assert first_broken(forged) == position


def test_a_chain_tells_what_was_left_out() -> None:
    chain = a_chain(4)
    assert first_broken([chain[0], *chain[2:]]) == 1


def test_a_proof_is_one_thing() -> None:
    with pytest.raises(ValidationError, match="exactly one of tests, command or review"):
        Proof(tests=("a",), command="b")
    with pytest.raises(ValidationError, match="exactly one"):
        Proof()


def test_criteria_have_ids_of_their_own() -> None:
    criterion = a_spec().criteria[0]
    with pytest.raises(ValidationError, match="AC1 is used more than once"):
        a_spec(criteria=(criterion, criterion))
