"""Runs on an open merge request: what each purpose does to the branch, and what is said about it."""

import pytest

from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.remark import CommitState
from jobs.domain.reworking import ReworkTable
from jobs.domain.run import Purpose, Run, RunState
from jobs.domain.task import Task, branch_of
from jobs.domain.verdict import VerdictStatus
from jobs.errors import Stop
from jobs.pipeline import execute
from tests.factories import NOON, a_merge_request
from tests.fakes import BROKEN, FILE, RIGHT, FakeEngine, FakeJournal, Killed, World
from tests.stages.test_pipeline import a_started_task

OLD = {"src/old.txt": "as it was\n"}


def said(number: int = 1, *, discussion: str | None = "d1", **fields: object) -> Feedback:
    given = {
        "id": f"note:{number}",
        "kind": FeedbackKind.COMMENT,
        "by": "ben",
        "text": f"remark {number}",
        "at": NOON,
        "discussion": discussion,
    }
    return Feedback.model_validate(given | fields)


def opened(world: World, purpose: Purpose, *feedback: Feedback, branch: dict[str, str] = RIGHT) -> Task:
    """A task whose merge request is open, with a branch that holds `branch`, and a run about to begin."""
    task = a_started_task(purpose=purpose, feedback=feedback)
    world.remote.somebody_pushes(branch_of(task.id), branch)
    return task.note(merge_request=a_merge_request(source_branch=branch_of(task.id)))


def a_world(*rounds: dict[str, str] | Exception) -> World:
    world = World(FakeEngine(list(rounds)))
    world.remote.somebody_pushes("main", OLD)
    return world


def head_of(world: World, task: Task) -> str:
    return world.remote.branches[branch_of(task.id)]


async def test_a_rework_builds_on_the_branch_and_answers_in_each_discussion() -> None:
    world = a_world({"src/extra.txt": "asked for\n"})
    remarks = (said(1, path="src/extra.txt", line=1), said(2), said(3, discussion="d2"))
    task = opened(world, Purpose.REWORK, *remarks)
    before = head_of(world, task)
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, run.start, world.remote.parents[run.head or ""]) == (
        RunState.DELIVERED,
        before,
        before,
    )
    told = world.engine.briefs[0].feedback
    assert [one.id for one in told] == ["note:1", "note:2", "note:3"]
    assert world.remote.trees[run.head or ""][FILE] == "up\n", "what was there stays"
    assert sorted(world.review.said) == [f"{run.id}/d1", f"{run.id}/d2"]
    _, text = world.review.said[f"{run.id}/d1"]
    assert "Seen: remark 1" in text and "Seen: remark 2" in text
    assert f"Done in {(run.head or '')[:12]}: `src/extra.txt` line 1." in text
    assert world.review.resolved == []


async def test_a_comment_on_a_line_comes_with_the_code_around_it() -> None:
    world = a_world({"src/extra.txt": "asked for\n"})
    await execute(opened(world, Purpose.REWORK, said(1, path=FILE, line=1)), world.tools, FakeJournal())
    assert [one.code for one in world.engine.briefs[0].feedback] == ["    1  up"]


async def test_discussions_are_resolved_only_when_the_operator_says_so() -> None:
    world = a_world({"src/extra.txt": "asked for\n"})
    world.operator = world.operator.model_copy(update={"rework": ReworkTable(resolve=True)})
    await execute(opened(world, Purpose.REWORK, said()), world.tools, FakeJournal())
    assert world.review.resolved == ["d1"]


async def test_a_rework_that_changes_nothing_says_why() -> None:
    world = a_world({})
    task = opened(world, Purpose.REWORK, said())
    before = head_of(world, task)
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, head_of(world, task)) == (RunState.DELIVERED, before)
    assert "Nothing was changed for this." in world.review.said[f"{run.id}/d1"][1]


async def test_a_rejected_rework_leaves_the_merge_request_as_it_was_and_says_why() -> None:
    world = a_world(BROKEN)
    task = opened(world, Purpose.REWORK, said())
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, world.remote.pushes, world.forge.put) == (RunState.REJECTED, [], [])
    _, text = world.review.said[f"{run.id}/d1"]
    assert text.startswith("Not done.") and "- suite: " in text


async def test_what_is_said_meanwhile_is_taken_at_the_next_round() -> None:
    world = a_world(BROKEN, {"src/extra.txt": "fine\n"})
    world.inbox.said = [(), (said(2, discussion="d2"),)]
    run = await execute(opened(world, Purpose.REWORK, said(1)), world.tools, FakeJournal())
    assert [[one.id for one in brief.feedback] for brief in world.engine.briefs] == [
        ["note:1"],
        ["note:1", "note:2"],
    ]
    assert set(world.review.said) == {f"{run.id}/d1", f"{run.id}/d2"}


async def test_what_people_pushed_is_verified_and_nothing_is_written() -> None:
    world = a_world(WRITES_NOTHING)
    task = opened(world, Purpose.RECHECK, branch={**RIGHT, "src/theirs.txt": "by a person\n"})
    before = head_of(world, task)
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, run.head, head_of(world, task)) == (RunState.DELIVERED, before, before)
    assert run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    assert (world.remote.pushes, world.engine.briefs) == ([], [])
    assert [one[:2] for one in world.reports.statuses] == [(before, CommitState.SUCCESS)]
    assert run.patch is not None and run.patch.empty
    assert run.extent.files == 2, "a reviewer reads all of it, whoever wrote it"


async def test_a_push_that_breaks_something_makes_a_draft_with_the_verdict() -> None:
    world = a_world(WRITES_NOTHING)
    task = opened(world, Purpose.RECHECK, branch=BROKEN)
    run = await execute(task, world.tools, FakeJournal())
    assert run.verdict is not None and run.verdict.status is VerdictStatus.REJECTED
    assert (run.state, [one.draft for one in world.forge.put]) == (RunState.DELIVERED, [True])
    assert (world.remote.pushes, world.engine.briefs) == ([], [])
    assert [one[:2] for one in world.reports.statuses] == [(run.head, CommitState.FAILED)]


async def test_the_target_is_merged_in_without_the_engine_and_verified_there() -> None:
    world = a_world(WRITES_NOTHING)
    task = opened(world, Purpose.REBASE)
    before = head_of(world, task)
    world.remote.somebody_pushes("main", {"src/new.txt": "since then\n"})
    run = await execute(task, world.tools, FakeJournal())
    head = run.head or ""
    assert (run.state, head_of(world, task)) == (RunState.DELIVERED, head)
    assert (world.remote.parents[head], world.remote.merged[head]) == (before, world.remote.branches["main"])
    assert world.remote.trees[head]["src/new.txt"] == "since then\n"
    assert run.patch is not None and [one.path for one in run.patch.files] == [FILE], "only what is ours"
    assert (run.target_base, world.engine.briefs) == (world.remote.branches["main"], [])


async def test_a_branch_that_is_up_to_date_is_only_verified() -> None:
    world = a_world(WRITES_NOTHING)
    run = await execute(opened(world, Purpose.REBASE), world.tools, FakeJournal())
    assert (run.state, world.remote.pushes) == (RunState.DELIVERED, [])


async def test_a_conflict_is_the_engines_task_and_no_marker_may_stay() -> None:
    world = a_world({"src/extra.txt": "not what was asked\n"}, {**RIGHT, "src/extra.txt": "fine\n"})
    task = opened(world, Purpose.REBASE)
    world.remote.somebody_pushes("main", {FILE: "down\n"})
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, run.round, world.remote.trees[run.head or ""][FILE]) == (RunState.DELIVERED, 2, "up\n")
    first, second = world.engine.briefs
    (conflict,) = first.feedback
    assert (conflict.kind, conflict.path) == (FeedbackKind.CONFLICT, FILE)
    assert conflict.code.startswith("<<<<<<<")
    assert second.verdict is not None and [one.name for one in second.verdict.checks] == ["conflict"]


async def test_people_who_push_while_a_branch_is_updated_are_built_upon() -> None:
    world = a_world(WRITES_NOTHING)
    task = opened(world, Purpose.REBASE)
    world.remote.somebody_pushes("main", {"src/new.txt": "since then\n"})
    world.remote.foreign = [{"src/theirs.txt": "by a person\n"}]
    run = await execute(task, world.tools, FakeJournal())
    tree = world.remote.trees[head_of(world, task)]
    assert (run.state, run.head) == (RunState.DELIVERED, head_of(world, task))
    assert {"src/new.txt", "src/theirs.txt"} <= set(tree) and tree[FILE] == "up\n"


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.CHANGE])
async def test_a_branch_that_is_gone_is_a_clear_end(purpose: Purpose) -> None:
    world = a_world(RIGHT)
    task = opened(world, purpose, said())
    del world.remote.branches[branch_of(task.id)]
    with pytest.raises(Stop, match=f"The branch {branch_of(task.id)} is gone"):
        await execute(task, world.tools, FakeJournal())


async def test_an_archived_project_is_a_clear_end_before_anything_is_spent() -> None:
    world = a_world(RIGHT)
    world.forge.archived = True
    with pytest.raises(Stop, match="payments/api is archived: nothing can be changed or merged there"):
        await execute(a_started_task(), world.tools, FakeJournal())
    assert world.engine.briefs == []


async def test_a_run_goes_where_the_merge_request_is_now_under_the_rules_of_the_old_name() -> None:
    world = a_world({"src/extra.txt": "asked for\n"})
    task = opened(world, Purpose.REWORK, said())
    request = a_merge_request(project="pay/api", source_branch=branch_of(task.id))
    run = await execute(task.note(merge_request=request), world.tools, FakeJournal())
    assert (run.state, [one.project for one in world.forge.put]) == (RunState.DELIVERED, ["pay/api"])


@pytest.mark.parametrize("conflict", [False, True], ids=["clean", "conflict"])
async def test_a_worker_lost_in_an_update_leaves_a_run_that_ends_the_same(conflict: bool) -> None:
    def prepared() -> tuple[World, Task]:
        world = a_world(RIGHT)
        task = opened(world, Purpose.REBASE, said())
        world.remote.somebody_pushes("main", {FILE if conflict else "src/new.txt": "since then\n"})
        return world, task

    world, task = prepared()
    whole = FakeJournal()
    expected = await execute(task, world.tools, whole)
    for moment in range(1, len(whole.saved) + 1):
        world, task = prepared()
        journal = FakeJournal(dies_at=moment)
        with pytest.raises(Killed):
            await execute(task, world.tools, journal)
        left = journal.saved[-1]
        run = left if left.ended else await resumed(world, task, left)
        told = f"lost at {moment}: {left.state} {left.step}"
        assert (run.state, run.head) == (RunState.DELIVERED, expected.head), told
        assert len(world.remote.pushes) == 1, told
        assert list(world.review.said) == [f"{run.id}/d1"], told


async def resumed(world: World, task: Task, left: Run) -> Run:
    return await execute(task.note(run=left), world.tools, FakeJournal())


WRITES_NOTHING: dict[str, str] = {}
