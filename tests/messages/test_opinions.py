"""What others think of a change, as the reviewer reads it."""

from jobs.domain.run import RunState
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.messages.look_first import look_first
from jobs.messages.summary import summary
from jobs.stages.merge_request import description
from jobs.stages.workspace import Ground
from tests.factories import NOON, SHA, a_merge_request, a_repository, a_run, a_task, a_verdict

ASKED = Finding(
    rule="boundary", text="f('') returned None, now raises KeyError: intended?", path="a.py", line=3
)
READ = Finding(rule="readback-beyond", text="It does more, @everybody | <img>", path="b.py")
CHECKS = (
    Check(name="boundaries", status=CheckStatus.WARNING, summary="1 question.", findings=(ASKED,)),
    Check(name="readback", status=CheckStatus.WARNING, summary="It differs.", findings=(READ,)),
    Check(
        name="blind_tests", status=CheckStatus.PASSED, summary="1 of 1.", log="def test_one():\n    assert f"
    ),
)
GROUND = Ground(
    repository=a_repository(),
    target="main",
    branch="codegen/cg-1",
    branch_head=None,
    target_base=SHA,
    start=SHA,
    environment=None,
    suite=(),
    reviewers=(),
)


def test_the_merge_request_asks_and_shows_and_nothing_in_it_acts() -> None:
    run = a_run(target_base=SHA, verdict=a_verdict(checks=CHECKS))
    text = description(a_task(run=run), run, GROUND, now=NOON)
    assert "## Questions to you" in text
    assert "- `a.py:3`: f('') returned None, now raises KeyError: intended?" in text
    assert "## A second reader" in text
    assert "@everybody" not in text
    assert "<img>" not in text
    assert "def test_one():" in text
    assert text.count("intended?") == 1, "what has a list of its own is not said twice"


def test_without_opinions_nothing_is_said_of_them() -> None:
    missing = tuple(
        Check(name=one, status=CheckStatus.NOT_AVAILABLE, summary="There is no second model.", blocking=False)
        for one in ("readback", "blind_tests")
    )
    run = a_run(target_base=SHA, verdict=a_verdict(checks=missing))
    text = description(a_task(run=run), run, GROUND, now=NOON)
    assert "## Questions to you" not in text
    assert "## A second reader" not in text
    assert "There is no second model." not in [why for _, why in look_first(run)]


def test_the_thread_says_it_in_short() -> None:
    task = a_task()
    run = a_run(
        task,
        state=RunState.DELIVERED,
        ended_at=NOON,
        verdict=a_verdict(checks=CHECKS),
        merge_request=a_merge_request(),
    )
    said = summary(task.model_copy(update={"run": run}))
    assert "1 question. It differs." in str(said.blocks)
