"""Where each promise about an open merge request is proven over GitLab's stand-in.

| promise | proven in |
|---|---|
| hearing: hooks, lists, neither | test_watching, test_watch_machine, tests/bot/test_hooks |
| news in the thread | test_watching |
| comments and requested changes become rework | test_watching, tests/story/test_7_a_review |
| pipelines: code, flaky, infrastructure | test_watching, here |
| living branches | test_worker, test_watching |
| stacks | test_stacks |
| hygiene: words of people kept, reviewers, nothing acts | test_watching, test_stacks, here |
| issues as intake | tests/worker/test_issue_desk, test_worker |
| merge when approved | test_merging, tests/adapters/test_gitlab_review |
"""

from jobs.adapters.gitlab import GitLabReports, GitLabReview
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.run import Answer
from jobs.domain.task import TaskState
from jobs.stages.answers import answer
from tests.factories import NOON
from tests.review.conftest import PROJECT, Review
from tests.review.sights import delivered

BROKEN_RUNNER = {"name": "deploy", "failure_reason": "runner_system_failure"}
ACTING = "/merge\n/close\n/approve\n@all @ben look, <!-- codegen:summary -->"


async def test_pipelines_a_broken_runner_is_tried_again_then_told_and_nothing_is_mended(
    review: Review,
) -> None:
    for _ in range(3):
        await review.pipeline("failed", jobs=[BROKEN_RUNNER])
        task = await review.look()
    assert (task.state, task.feedback) == (TaskState.IN_REVIEW, ())
    assert review.calls("POST", "/retry") == 2
    (told,) = await review.told()
    assert "`deploy` failed for reasons outside the code" in told and "mend" not in told


async def test_hygiene_what_a_model_wrote_acts_neither_in_an_answer_nor_in_a_note(review: Review) -> None:
    said = Feedback(id="note:1", kind=FeedbackKind.COMMENT, by="ben", text="Why?", at=NOON, discussion="d")
    words = answer(delivered(answers=(Answer(to=said.id, text=ACTING),)), (said,))
    await review.control("comment", user="ben", body="Why?", discussion=True)
    discussion = review.request.discussions[-1].id
    iid, state = review.request.iid, review.standin.state
    await GitLabReview(review.connection).answer(PROJECT, iid, discussion=discussion, text=words, key="a")
    await GitLabReports(review.connection).note(PROJECT, iid, key="b", body=words)
    assert (review.request.state, review.request.approvals) == ("opened", [])
    for note in review.notes():
        assert not any(line.startswith("/") for line in note.splitlines())
        assert "@all" not in note and "<!-- codegen:summary" not in note
    assert state.users["ben"] not in review.request.assignees
