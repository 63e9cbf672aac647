"""The whole story of a run, told by what it leaves: branches, merge requests, states and repeated work."""

import pytest

from jobs.domain.budget import Cap
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Criterion, Proof
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import VerdictStatus
from jobs.errors import Exhausted, Stop
from jobs.pipeline import execute
from jobs.ports import Tools
from tests.factories import a_run, a_spec, a_task
from tests.fakes import (
    BROKEN,
    FILE,
    PROOF,
    RIGHT,
    SUITE,
    WRONG,
    FakeEngine,
    FakeJournal,
    Killed,
    World,
)

EXHAUSTED = Exhausted("The task has used its 120 requests.")


def a_world(*rounds: dict[str, str] | Exception) -> World:
    return World(FakeEngine(list(rounds)))


def a_started_task(proof: Proof | None = None, **run: object) -> Task:
    criterion = Criterion(id="AC1", text="Half is rounded up", proof=proof or Proof(command=PROOF))
    task = a_task(spec=a_spec(criteria=(criterion,)), state=TaskState.RUNNING, waiting=None)
    return task.note(run=a_run(task, **run), runs=1)


async def test_a_change_that_is_proven_is_pushed_and_opened_for_review() -> None:
    world, task, journal = a_world(RIGHT), a_started_task(), FakeJournal()
    run = await execute(task, world.tools, journal)
    assert journal.states == ["preparing", "generating", "verifying", "opening", "delivered"]
    assert run.verdict is not None
    assert run.verdict.status is VerdictStatus.PASSED, run.verdict.model_dump_json(indent=1)
    assert world.remote.pushes == [(f"codegen/{task.id}", run.head)]
    assert world.remote.trees[run.head or ""][FILE] == "up\n"
    assert [one.draft for one in world.forge.put] == [False]
    assert run.chain == "c" * 64
    assert run.spend.requests == 2


async def test_a_rejected_verdict_is_fed_back_into_a_second_round() -> None:
    world, journal = a_world(BROKEN, {"src/extra.txt": "fine\n"}), FakeJournal()
    run = await execute(a_started_task(), world.tools, journal)
    assert (run.state, run.round) == (RunState.DELIVERED, 2)
    first, second = world.engine.briefs
    assert first.verdict is None
    assert second.verdict is not None and second.verdict.status is VerdictStatus.REJECTED
    assert second.conversation == b"whole"
    assert (second.spent.requests, run.spend.requests) == (2, 4)


async def test_what_is_not_proven_stays_a_draft() -> None:
    world = a_world(RIGHT)
    run = await execute(a_started_task(Proof(review=True)), world.tools, FakeJournal())
    assert run.verdict is not None and run.verdict.status is VerdictStatus.UNPROVEN
    assert (run.state, [one.draft for one in world.forge.put]) == (RunState.DELIVERED, [True])


@pytest.mark.parametrize("change", [BROKEN, {}], ids=["broken", "nothing"])
async def test_a_rejected_change_leaves_nothing_behind(change: dict[str, str]) -> None:
    world = a_world(change)
    run = await execute(a_started_task(), world.tools, FakeJournal())
    assert (run.state, run.round) == (RunState.REJECTED, 3)
    assert (world.remote.pushes, world.forge.put) == ([], [])


async def test_a_cap_without_a_result_is_an_expected_end() -> None:
    world, journal = a_world(EXHAUSTED), FakeJournal()
    with pytest.raises(Exhausted, match="120 requests"):
        await execute(a_started_task(), world.tools, journal)
    assert (world.remote.pushes, len(world.engine.briefs)) == ([], 1)
    assert journal.saved[-1].spend.requests == 1


async def test_a_cap_with_a_result_delivers_it_and_says_so() -> None:
    world = a_world(RIGHT, EXHAUSTED)
    run = await execute(a_started_task(Proof(review=True)), world.tools, FakeJournal())
    assert (run.state, run.reason) == (RunState.DELIVERED, EXHAUSTED.reason)
    assert [one.draft for one in world.forge.put] == [True]


async def test_a_repository_whose_checks_fail_stops_before_anything_is_spent() -> None:
    world = a_world(RIGHT)
    world.remote.somebody_pushes("main", {"src/old.txt": "broken\n"})
    with pytest.raises(Stop, match="None of the 1 tests of payments/api at main"):
        await execute(a_started_task(), world.tools, FakeJournal())
    assert world.engine.briefs == []


async def test_the_engine_that_the_spec_names_writes_the_change_or_the_run_says_why_not() -> None:
    world, other = a_world(BROKEN), FakeEngine([RIGHT], name="other")
    task = a_started_task()
    task = task.note(spec=task.spec.model_copy(update={"engine": "openai:other"}))
    offering = Tools(**{**vars(world.tools), "engines": {"openai:other": other}})
    run = await execute(task, offering, FakeJournal(), deliver=False)
    assert (run.engine, len(other.briefs), world.engine.briefs) == ("other", 1, [])
    with pytest.raises(Stop, match="asks for the engine openai:other, which is not offered"):
        await execute(task, world.tools, FakeJournal())


async def test_without_delivery_the_run_ends_at_its_verdict() -> None:
    world = a_world(RIGHT)
    run = await execute(a_started_task(), world.tools, FakeJournal(), deliver=False)
    assert run.state is RunState.VERIFYING
    assert run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    assert (world.remote.pushes, world.forge.put) == ([], [])


async def test_a_worker_lost_at_any_moment_leaves_a_run_that_ends_the_same() -> None:
    whole = FakeJournal()
    expected = await execute(a_started_task(), a_world(RIGHT).tools, whole)
    for moment in range(1, len(whole.saved) + 1):
        world, journal = a_world(RIGHT), FakeJournal(dies_at=moment)
        with pytest.raises(Killed):
            await execute(a_started_task(), world.tools, journal)
        left = journal.saved[-1]
        run = left if left.ended else await resume(world, left)
        told = f"lost at {moment}: {left.state} {left.step}"
        assert (run.state, run.head) == (RunState.DELIVERED, expected.head), told
        assert len(world.remote.pushes) == 1, told
        assert {one.source_branch for one in world.forge.put} == {f"codegen/{run.task}"}, told
        assert world.workspaces.ran.count(" ".join(SUITE)) in suite_runs(left), told
        assert len(world.engine.briefs) == (1 if finished_generating(left) else begun(left) + 1), told


async def resume(world: World, left: Run) -> Run:
    return await execute(a_started_task().note(run=left), world.tools, FakeJournal())


def begun(left: Run) -> int:
    return int(left.conversation is not None)


def finished_generating(left: Run) -> bool:
    return left.state not in (RunState.PREPARING, RunState.GENERATING)


def suite_runs(left: Run) -> tuple[int, ...]:
    """Twice on the base and once on the head; on the head again only when no verdict was saved."""
    return (3, 4) if left.state is RunState.VERIFYING and left.verdict is None else (3,)


async def test_a_checkpoint_goes_on_with_tree_and_conversation() -> None:
    world = a_world(RIGHT)
    journal = FakeJournal()
    await execute(a_started_task(), world.tools, journal)
    left = next(run for run in journal.saved if run.step == "writing")
    assert left.patch is not None and not left.patch.empty
    again = World(FakeEngine([{}]), remote=world.remote, artifacts=world.artifacts)
    del world.remote.branches[f"codegen/{left.task}"]
    await again.artifacts.put(f"{left.id}/conversation", b"second half")
    run = await resume(again, left)
    assert run.state is RunState.DELIVERED
    assert [one.conversation for one in again.engine.briefs] == [b"second half"]
    assert run.spend.requests == 4  # two before the loss, two after


async def test_a_push_that_nobody_answered_is_found_and_kept() -> None:
    world, journal = a_world(RIGHT), FakeJournal()
    await execute(a_started_task(), world.tools, journal)
    left = next(run for run in journal.saved if run.head is not None)
    run = await resume(world, left)
    assert (run.state, len(world.remote.pushes), len(world.engine.briefs)) == (RunState.DELIVERED, 1, 1)


async def test_a_person_who_pushes_on_top_of_our_push_keeps_their_commit() -> None:
    world, journal = a_world(RIGHT), FakeJournal()
    task = a_started_task()
    await execute(task, world.tools, journal)
    left = next(run for run in journal.saved if run.head is not None)
    world.remote.somebody_pushes(f"codegen/{task.id}", {"notes.txt": "mine\n"})
    theirs = world.remote.branches[f"codegen/{task.id}"]
    run = await resume(world, left)
    assert (run.state, run.head) == (RunState.DELIVERED, theirs)
    assert world.remote.branches[f"codegen/{task.id}"] == theirs


async def test_a_branch_that_moved_is_built_upon_and_verified_again() -> None:
    world, task, journal = a_world(RIGHT), a_started_task(), FakeJournal()
    world.remote.foreign = [{"notes.txt": "mine\n"}]
    run = await execute(task, world.tools, journal)
    assert journal.states[3:] == ["opening", "verifying", "opening", "delivered"]
    assert world.remote.trees[run.head or ""] == {**RIGHT, "README.md": "Totals.\n", "notes.txt": "mine\n"}
    assert len(world.engine.briefs) == 1


async def test_a_branch_that_keeps_moving_stops_the_run() -> None:
    world = a_world(RIGHT)
    world.remote.foreign = [{"notes.txt": f"{number}\n"} for number in range(9)]
    with pytest.raises(Stop, match="keeps moving"):
        await execute(a_started_task(), world.tools, FakeJournal())
    assert (len(world.remote.foreign), world.remote.pushes, world.forge.put) == (5, [], [])


async def test_what_was_pushed_meanwhile_and_breaks_the_change_is_rejected() -> None:
    world = a_world(RIGHT)
    world.remote.foreign = [{"src/theirs.txt": "broken\n"}]
    run = await execute(a_started_task(), world.tools, FakeJournal())
    assert (run.state, world.forge.put) == (RunState.REJECTED, [])


async def test_a_retry_whose_branch_holds_the_change_opens_it() -> None:
    """The first run pushed and could not open; the second has nothing to add and opens all the same."""
    world, task = a_world({}), a_started_task()
    world.remote.somebody_pushes(f"codegen/{task.id}", RIGHT)
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, len(world.forge.put), world.remote.pushes) == (RunState.DELIVERED, 1, [])
    assert run.head == world.remote.branches[f"codegen/{task.id}"]


async def test_rounds_are_bounded_by_the_cap() -> None:
    world = a_world(WRONG, BROKEN)
    task = a_started_task().note(cap=Cap(rounds=2))
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, run.round, len(world.engine.briefs)) == (RunState.REJECTED, 2, 2)


@pytest.mark.parametrize("state", [RunState.VERIFYING, RunState.OPENING])
async def test_a_change_too_large_to_be_kept_is_made_again(state: RunState) -> None:
    world, journal = a_world(RIGHT), FakeJournal()
    base = world.remote.branches["main"]
    task = a_started_task(state=state, round=1, patch=None, start=base, target_base=base)
    run = await execute(task, world.tools, journal)
    assert run.state is RunState.DELIVERED
    assert len(world.engine.briefs) == 1
