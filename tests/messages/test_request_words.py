"""What the merge request says of itself: true for the head, and nothing in it acts."""

import pytest

from jobs.domain.description import enclosed, with_line
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import Task
from jobs.messages import summary
from jobs.messages.request_words import summary_note
from tests.factories import a_run, a_verdict
from tests.review.sights import a_reviewed_task, a_sight


def after(state: RunState, **fields: object) -> Task:
    task = a_reviewed_task()
    return task.note(run=a_run(task, state=state, **{"ended_at": task.updated_at, **fields}))


def test_a_rework_that_came_to_nothing_says_why_and_does_not_act() -> None:
    task = after(RunState.REJECTED, purpose=Purpose.REWORK, reason="The suite fails, @ana.\n/approve")
    note = summary_note(task, a_sight())
    assert note.startswith("**The rework was not good enough; the branch stays as it was.** The suite fails")
    assert "@ana" not in note and "\n/approve" not in note


def test_commits_that_nobody_verified_are_named() -> None:
    task = after(RunState.DELIVERED, head="a" * 40, verdict=a_verdict())
    assert "not verified yet" in summary_note(task, a_sight(sha="b" * 40))
    assert "not verified yet" not in summary_note(task, a_sight(sha="a" * 40))


def test_there_is_nothing_to_say_while_a_run_is_at_work() -> None:
    assert summary_note(after(RunState.VERIFYING, ended_at=None), a_sight()) == ""


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("state", [RunState.DELIVERED, RunState.REJECTED])
def test_each_purpose_has_its_own_words(purpose: Purpose, state: RunState) -> None:
    task = after(state, purpose=purpose, verdict=a_verdict(), head="a" * 40)
    own = summary(task).text
    others = [
        summary(task.note(run=task.run.model_copy(update={"purpose": one}))).text
        for one in Purpose
        if one is not purpose and task.run is not None
    ]
    ends_so = state is RunState.DELIVERED or purpose is not Purpose.RECHECK
    assert not ends_so or own not in others


def test_a_line_of_ours_is_rewritten_and_nothing_that_people_wrote() -> None:
    ours = enclosed("**CI:** nothing ran yet\n\n## What", title="T")
    text = f"**CI:** my own line\n\n{ours}\n**CI:** mine too"
    found = with_line(text, "**CI:** passed")
    assert found == text.replace("**CI:** nothing ran yet", "**CI:** passed")
    assert with_line("**CI:** no part of ours", "**CI:** passed") == "**CI:** no part of ours"
