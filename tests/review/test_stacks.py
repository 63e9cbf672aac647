"""A stacked merge request follows its parent in GitLab too; reviewers with too much are asked later."""

from datetime import UTC, datetime

from jobs.adapters.gitlab import GitLabForge
from jobs.domain.plan import Plan
from jobs.domain.review import Proposal
from jobs.domain.run import Purpose
from jobs.domain.task import InReview, Task, TaskState, branch_of
from jobs.queue.backlog.stacking import restack
from jobs.settings import OperatorFile
from tests.review.conftest import PROJECT, Review
from tests.review.sights import a_reviewed_task, delivered


async def another(review: Review, *, target: str, plan: Plan, origin: str = "child") -> Task:
    """One more task in review, its merge request for that branch."""
    task = a_reviewed_task(origin=origin, plan=plan)
    body = {"branch": branch_of(task.id), "user": "codegen", "files": {f"{origin}.txt": "b\n"}}
    async with review.session.post(
        f"{review.url}/_control/push", json={"project": PROJECT, **body}
    ) as pushed:
        assert pushed.status == 200
    proposal = Proposal(
        project=PROJECT,
        source_branch=branch_of(task.id),
        target_branch=target,
        title="On top",
        description="More.",
        draft=False,
    )
    opened = await GitLabForge(review.connection).put_merge_request(proposal)
    run = delivered(task=task, head=opened.sha, merge_request=opened)
    task, _ = await review.store.create(task.note(merge_request=opened, run=run))
    return task


async def looked_at(review: Review, task: Task) -> Task:
    assert task.merge_request is not None
    await review.store.hear(f"{PROJECT}!{task.merge_request.iid}")
    await review.watching.look(datetime.now(UTC))
    found = await review.store.get(task.id)
    assert found is not None
    return found


async def test_a_child_is_for_the_parents_target_once_the_parent_is_merged(review: Review) -> None:
    parent = review.request
    parent.remove_source_branch = False  # its branch stays: nothing else moves the child
    parent.title = "Round half up"
    plan = Plan(depends_on=(review.task.id,), stack=True)
    child = await another(review, target=branch_of(review.task.id), plan=plan)
    await looked_at(review, child)
    assert await restack(review.store, child.id) == await review.store.get(child.id), "nothing to follow yet"

    await review.control_of(1, "merge", user="ben")
    assert (await looked_at(review, review.task)).state is TaskState.MERGED
    moved = await restack(review.store, child.id)
    assert moved is not None
    assert (moved.state, moved.purpose, moved.plan.stack) == (TaskState.WAITING, Purpose.REBASE, False)

    for _ in range(2):
        task = await looked_at(review, child)
        assert task.merge_request is not None and task.merge_request.target_branch == "main"
    assert review.project.merge_requests[1].target_branch == "main"
    assert task.state is TaskState.WAITING and task.purpose is Purpose.REBASE


async def test_a_reviewer_with_enough_to_do_is_asked_when_there_is_room(review: Review) -> None:
    review.operator = OperatorFile.model_validate({"review": {"per_reviewer": 1}})
    task = await another(review, target="main", plan=Plan(), origin="second")
    assert task.merge_request is not None
    wanted = task.merge_request.model_copy(update={"wanted": ("ben",)})
    await review.store.change(task.id, lambda now: now.note(merge_request=wanted))
    assert (await looked_at(review, task)).in_review is InReview.REVIEWER_CAP
    second = review.project.merge_requests[1]
    assert second.reviewers == []
    await review.control_of(1, "close", user="ben")
    assert (await looked_at(review, task)).in_review is InReview.REVIEW
    assert [one.username for one in second.reviewers] == ["ben"]
