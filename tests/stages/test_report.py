"""What stands in GitLab beside the description: at most ten threads, each finding once."""

from jobs.domain.remark import CommitState
from jobs.domain.risk import SURVIVED, UNCOVERED
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Proof
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.errors import Stop
from jobs.pipeline import execute
from jobs.stages.report import MOST, NOTE, remarks, report
from tests.factories import SHA, a_merge_request, a_patch, a_run, a_verdict
from tests.fakes import RIGHT, FakeEngine, FakeJournal, World
from tests.stages.test_pipeline import a_started_task

DIFF = a_patch().diff
WHOLE = "diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1,2 @@\n-x\n+y\n+z\n"


def a_delivered_run(*checks: Check) -> Run:
    return a_run(state=RunState.OPENING, head=SHA, patch=a_patch(), verdict=a_verdict(checks=checks))


def warned(name: str, *findings: Finding) -> Check:
    return Check(name=name, status=CheckStatus.WARNING, summary="s", findings=findings)


def at(line: int, rule: str = "E1", text: str = "") -> Finding:
    return Finding(rule=rule, text=text or f"finding {line}", path="src/a.py", line=line)


def a_world(lines: int = 99) -> World:
    world = World(FakeEngine([]))
    world.reports.lines = frozenset(("src/a.py", line) for line in range(lines))
    return world


async def test_a_proven_change_has_its_reports_and_a_green_status() -> None:
    world = World(FakeEngine([RIGHT]))
    run = await execute(a_started_task(), world.tools, FakeJournal())
    assert set(world.reports.uploads) == {"junit.xml", "codequality.json"}
    assert "Reports: [junit.xml](/uploads/junit.xml)" in world.forge.put[0].description
    assert world.reports.statuses == [(run.head, CommitState.SUCCESS, "passed: 1 of 1 criteria proven")]


async def test_what_somebody_has_to_look_at_is_pending() -> None:
    world = World(FakeEngine([RIGHT]))
    await execute(a_started_task(Proof(review=True)), world.tools, FakeJournal())
    assert [state for _, state, _ in world.reports.statuses] == [CommitState.PENDING]


async def test_a_refusal_of_gitlab_takes_nothing_back_and_is_said() -> None:
    world = World(FakeEngine([RIGHT]))
    world.reports.fault = Stop("GitLab does not let the bot do this.")
    run = await execute(a_started_task(), world.tools, FakeJournal())
    assert run.state is RunState.DELIVERED
    assert [one.partition(":")[0] for one in run.troubles] == ["The commit status could not be set"]
    assert "junit.xml could not be put up: GitLab does not let" in world.forge.put[0].description


async def test_doubts_stand_on_their_lines_the_most_important_first_and_once() -> None:
    world = a_world()
    run = a_delivered_run(
        warned("lint", at(5)), warned("mutation", at(7, SURVIVED)), warned("coverage", at(9, UNCOVERED))
    )
    for _ in range(2):
        assert await report(run, a_merge_request(), world.tools, diff=DIFF) == ()
    assert [one.line for one in world.reports.threads] == [9, 7, 5]
    assert world.reports.notes == {}
    body = world.reports.threads[0].body
    assert body.startswith("**coverage** (uncovered): finding 9")
    assert body.endswith(f"<!-- codegen:{world.reports.threads[0].key} -->")


async def test_ten_threads_at_the_most_over_all_runs_and_the_rest_in_one_note() -> None:
    world = a_world(lines=6)
    run = a_delivered_run(warned("lint", *(at(line) for line in range(1, 9))))
    await report(run, a_merge_request(), world.tools, diff=DIFF)
    assert len(world.reports.threads) == 5, "lines 6 to 8 are not shown"
    assert "`src/a.py:8` **lint** (E1): finding 8" in world.reports.notes[NOTE]
    world.reports.lines = a_world().reports.lines
    more = a_delivered_run(warned("lint", *(at(line, text=f"other {line}") for line in range(20, 40))))
    await report(more, a_merge_request(), world.tools, diff=DIFF)
    assert len(world.reports.threads) == MOST
    assert "`src/a.py:39`" in world.reports.notes[NOTE]
    await report(a_delivered_run(), a_merge_request(), world.tools, diff=DIFF)
    assert world.reports.notes[NOTE] == "There is no other finding any more."


def test_hostile_words_do_nothing_in_gitlab() -> None:
    text = "/merge\n<!-- codegen:abc --> @all glpat-" + "x" * 20
    (one,) = remarks(a_delivered_run(warned("lint", at(1, text=text))), DIFF)
    assert "<!-- codegen:abc" not in one.body
    assert "@all" not in one.body and "glpat-x" not in one.body


def test_a_finding_is_known_again_after_a_rework_that_changed_something_else() -> None:
    first = a_delivered_run(warned("readback", at(2, text="It could break.")))
    after = a_delivered_run(warned("readback", at(2, text="Stored amounts could break.")))
    later = after.model_copy(update={"patch": a_patch()})
    assert [one.key for one in remarks(first, WHOLE)] == [one.key for one in remarks(later, WHOLE)]


def test_findings_of_one_rule_on_one_line_share_a_thread_and_none_is_lost() -> None:
    (one,) = remarks(a_delivered_run(warned("boundaries", at(2, text="f(0)"), at(2, text="f(1)"))), WHOLE)
    assert "- f(0)\n- f(1)\n" in one.body


def test_what_a_check_that_passed_says_is_no_finding() -> None:
    fine = Check(name="lint", status=CheckStatus.PASSED, summary="s", findings=(at(3),))
    assert remarks(a_delivered_run(fine), DIFF) == []
